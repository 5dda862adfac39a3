// How the page looks: edition for elders in three sizes, high contrast, dark. Remembered in this browser only.
{
  const KEY = "bancheng-look";
  const LARGEST = 3;
  const root = document.documentElement;
  const usual = { size: 0, contrast: false, dark: null };
  const remembered = () => {
    try { return { ...usual, ...JSON.parse(localStorage.getItem(KEY)) }; } catch { return { ...usual }; }
  };
  const remember = (look) => {
    const plain = JSON.stringify(look);
    try {
      if (plain === JSON.stringify(usual)) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, plain);
    } catch { /* 无痕窗口 */ }
  };

  let look = remembered();
  const isDark = () => look.dark ?? matchMedia("(prefers-color-scheme: dark)").matches;
  const pressed = { elder: () => look.size > 0, contrast: () => look.contrast, dark: isDark };
  const tapped = {
    elder: () => ({ size: look.size ? 0 : 1 }),
    bigger: () => ({ size: (look.size % LARGEST) + 1 }),
    contrast: () => ({ contrast: !look.contrast }),
    dark: () => ({ dark: !isDark() }),
  };
  const show = () => {
    root.classList.toggle("bc-elder-on", look.size > 0);
    root.classList.toggle("bc-contrast", look.contrast);
    root.dataset.size = look.size;
    document.body?.classList.toggle("dark", isDark());
    document.querySelectorAll("button[name=look]").forEach((button) => {
      const on = pressed[button.value];
      if (on) button.setAttribute("aria-pressed", String(on()));
      else {
        const words = look.size === LARGEST ? "字调小" : "字再大一点";
        if (button.textContent !== words) button.textContent = words;
      }
    });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[name=look]");
    if (!button) return;
    look = { ...look, ...tapped[button.value]() };
    remember(look);
    show();
  });
  document.addEventListener("bc-tidy", show);
  document.addEventListener("bc-forget", () => { look = { ...usual }; remember(look); });
  document.addEventListener("DOMContentLoaded", show);
  show();
}
