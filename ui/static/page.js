// The page around Gradio: words for screen readers, what is in view, buttons that ask, and faults told in Chinese.
import { ask, say, write } from "./typing.js";
import { hearReplies } from "./reply.js";
import { followTab } from "./tab.js";
import { watchIdle } from "./idle.js";

const root = document.documentElement;
const FAULTS = {
  busy: "现在咨询的人多，没有排上。您写的还在，请过一会儿再点“发送”；急事请拨打 12345。",
  lost: "连不上服务，可能是网络断了或者服务正在重启。您写的还在，请稍后再点“发送”；急事请拨打 12345。",
};
root.lang = "zh-CN";

const set = (node, name, value) => {
  if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
};

const show = (node) => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
};

function name() {
  const busy = Boolean(document.querySelector("#bc-status [data-busy]"));
  const log = document.querySelector("#bc-chat [role=log]");
  set(log, "aria-label", "对话记录");
  set(log, "aria-busy", String(busy));
  document.querySelectorAll("#bc-chat [data-testid=user], #bc-chat [data-testid=bot]").forEach((node) => {
    set(node, "role", "group");
    set(node, "aria-label", node.dataset.testid === "user" ? "您问" : "办成答");
  });
  document.querySelectorAll("#bc-chat .bc-picture svg").forEach((svg) => { // taken away by Gradio's cleaning
    const units = (side) => parseFloat(svg.getAttribute(side)) * 20;
    set(svg, "role", "img");
    set(svg, "viewBox", `0 0 ${units("width")} ${units("height")}`);
  });
  const cards = document.querySelectorAll("#bc-chat .bc-reply");
  document.querySelectorAll("#bc-chat .bc-ticks").forEach((list) => { // an earlier list has been answered
    const over = busy || !cards[cards.length - 1].contains(list);
    if (list.disabled !== over) list.disabled = over;
  });
  document.querySelectorAll("#bc-chat progress").forEach((bar) => set(bar, "aria-label", "进度"));
}

document.addEventListener("bc-missed", ({ detail }) => { // from stream.js; Gradio's own message is English and hidden
  const line = document.querySelector("#bc-status .bc-line, #bc-status .bc-fault");
  if (!line) return;
  line.textContent = FAULTS[detail];
  line.className = "bc-fault";
  line.setAttribute("role", "alert");
  line.removeAttribute("data-busy");
});

let asked = 0;
let coming = false;
function scroll() {
  const questions = document.querySelectorAll("#bc-chat .bc-question");
  const last = questions[questions.length - 1];
  const busy = Boolean(document.querySelector("#bc-status [data-busy]"));
  if (questions.length > asked) {
    show(last);
    coming = true;
  } else if (coming && !busy && last) {
    show(last);
    coming = false;
  }
  asked = questions.length;
}

function tidy() {
  name();
  scroll();
  followTab();
  document.dispatchEvent(new Event("bc-tidy"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".bc-asks, .bc-write");
  if (button?.matches(".bc-asks")) ask(button.value);
  else if (button) write("#bc-box", button.value).focus();
});
document.addEventListener("click", ({ target }) => {
  const list = target.closest?.("[name=ticked]")?.closest(".bc-ticks");
  if (!list) return;
  const ticked = [...list.querySelectorAll("[name=tick]:checked")].map((box) => box.value);
  if (ticked.length) ask(ticked.join("、"));
  else say("还没有勾。都不符合，请点下面的“都不是”。");
});
document.addEventListener("click", (event) => { // a menu closes when something else is tapped
  document.querySelectorAll(".bc-looks[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".bc-looks[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
addEventListener("offline", () => say(FAULTS.lost));

let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; tidy(); });
}).observe(document.body, { childList: true, subtree: true, characterData: true });
tidy();
hearReplies();
watchIdle();
navigator.serviceWorker?.register("/page/sw.js", { scope: "/" }).catch(() => {}); // only over https or on this machine
