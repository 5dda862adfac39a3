// For terminals in public places: what one citizen leaves behind is cleared before the next one comes.
import { forgetTab } from "./tab.js";

const WARNED = 30; // seconds of count-down
const seconds = Number(document.querySelector('meta[name="bc-idle"]')?.content ?? 0);
let touched = Date.now();
let dialog = null;

const used = () => {
  const fields = [...document.querySelectorAll("textarea, input:not([type=hidden]), select")];
  const written = fields.some((field) => (field.type === "checkbox" ? field.checked : field.type !== "file" && field.value && !field.readOnly && !field.closest("#bc-header, #bc-tab")));
  return written || Boolean(document.querySelector("#bc-told-id i")?.textContent) || Boolean(document.querySelector("html.bc-elder-on, html.bc-contrast"));
};

function clear() {
  forgetTab();
  document.dispatchEvent(new Event("bc-forget"));
  const button = document.querySelector("#bc-clear");
  button?.click();
  setTimeout(() => location.replace("/"), button ? 1500 : 0); // the server forgets it first
}

function go() {
  touched = Date.now();
  dialog?.close();
}

function warn(left) {
  if (!dialog) {
    dialog = Object.assign(document.createElement("dialog"), { className: "bc-idle" });
    dialog.setAttribute("role", "alertdialog");
    dialog.setAttribute("aria-labelledby", "bc-idle-title");
    dialog.setAttribute("aria-describedby", "bc-idle-left");
    dialog.innerHTML = '<h2 id="bc-idle-title">还在用吗？</h2><p id="bc-idle-left" role="timer"></p><p>'
      + '<button type="button" value="go">接着用</button><button type="button" value="clear">现在就清除</button></p>';
    dialog.addEventListener("click", (event) => {
      if (event.target.value === "go") go();
      else if (event.target.value === "clear") clear();
    });
    dialog.addEventListener("cancel", go);
    document.body.append(dialog);
  }
  dialog.querySelector("#bc-idle-left").textContent = `${left} 秒后清除这里的对话和您写的内容，免得下一位看到。`;
  if (!dialog.open) dialog.showModal();
}

export function watchIdle() {
  if (!seconds) return;
  const moved = () => { if (!dialog?.open) touched = Date.now(); };
  ["pointerdown", "pointermove", "keydown", "input", "wheel", "touchmove"].forEach((kind) => addEventListener(kind, moved, { passive: true }));
  const timer = setInterval(() => {
    const left = Math.ceil(seconds - (Date.now() - touched) / 1000);
    if (!used()) {
      touched = Date.now();
    } else if (left <= 0) {
      clearInterval(timer);
      clear();
    } else if (left <= WARNED) {
      warn(left);
    }
  }, 1000);
}
