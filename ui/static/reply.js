// Below a reply: copy it with its label, have it read out by the browser, say whether it helped.
import { say } from "./typing.js";
import { conversation } from "./tab.js";

const LABEL = "——摘自“办成”河南政务服务问答。辅助参考，以窗口为准。";
const MOST = 100; // characters of one utterance: some browsers fall silent in longer ones
let speaking = null; // the button of the reply that is being read out

// The words of a reply as they are shown, without what only a screen has; `how` names a class of page.css that hides.
function words(card, how) {
  card.classList.add(how);
  const text = card.innerText;
  card.classList.remove(how);
  return text.replace(/[ \t]+\n/g, "\n").replace(/\n{2,}/g, "\n").trim();
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // over plain http a page may only copy what is selected
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say("已复制。");
}

function hush() {
  window.speechSynthesis?.cancel();
  if (speaking) speaking.textContent = "朗读";
  speaking = null;
}

function speak(button, text) {
  const again = button === speaking;
  hush();
  if (again) return;
  if (!window.speechSynthesis) {
    say("这个浏览器不能朗读。");
    return;
  }
  const parts = text.split(/(?<=[。！？；\n])/).flatMap((part) => part.match(new RegExp(`.{1,${MOST}}`, "gs")) ?? []);
  speaking = button;
  button.textContent = "停止朗读";
  parts.forEach((part, i) => {
    const utterance = Object.assign(new SpeechSynthesisUtterance(part), { lang: "zh-CN", rate: 0.9 });
    utterance.onerror = (event) => {
      if (button !== speaking || ["canceled", "interrupted"].includes(event.error)) return;
      hush();
      say("这台设备没有中文语音，读不出来。");
    };
    if (i === parts.length - 1) utterance.onend = () => { if (button === speaking) hush(); };
    window.speechSynthesis.speak(utterance);
  });
}

async function send(form, verdict) {
  const complaints = verdict === "did_not" ? [...form.querySelectorAll("[name=complaint]:checked")].map((box) => box.value) : [];
  const body = JSON.stringify({ session: conversation(), trace: form.elements.trace.value, verdict, complaints });
  const headers = { "Content-Type": "application/json" };
  try {
    const answer = await fetch("/page/opinion", { method: "POST", headers, body });
    return answer.ok ? "" : (await answer.json()).detail;
  } catch {
    return "连不上服务，没有记下。";
  }
}

async function opined(form, button) {
  const heard = form.querySelector(".bc-heard");
  const verdict = button.name === "verdict" ? button.value : "did_not";
  const fault = await send(form, verdict);
  if (fault) {
    heard.textContent = fault;
    return;
  }
  form.querySelectorAll("[name=verdict]").forEach((other) => other.setAttribute("aria-pressed", String(other.value === verdict)));
  form.querySelector("fieldset").hidden = verdict === "helped" || button.name === "reasons";
  heard.textContent = verdict === "helped" ? "谢谢，已经记下。" : button.name === "reasons"
    ? "谢谢，已经转给管指南的人。要马上办的，请拨打 12345。" : "已经记下。方便的话，说说哪里不好。";
}

function tally({ target }) {
  const card = target.closest?.(".bc-plan") && target.closest(".bc-reply");
  const line = card?.querySelector(".bc-tally");
  if (!line) return;
  const part = (boxes, done) => {
    const all = [...card.querySelectorAll(boxes)];
    return all.length ? `${done} ${all.filter((box) => box.checked).length}/${all.length}` : "";
  };
  line.textContent = [part(".bc-stages input", "办好了"), part(".bc-materials input", "材料备了")].filter(Boolean).join("，");
}

export function hearReplies() {
  document.addEventListener("change", tally);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".bc-reply button");
    const card = button?.closest(".bc-reply");
    if (button?.name === "copy") copy(`${words(card, "bc-copied")}\n${LABEL}`);
    else if (button?.name === "copy-handover") copy(button.closest(".bc-handover").querySelector("p").innerText);
    else if (button?.name === "speak") speak(button, words(card, "bc-spoken"));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".bc-opinion")) return;
    event.preventDefault();
    opined(event.target, event.submitter);
  });
  document.addEventListener("bc-forget", hush);
  addEventListener("pagehide", hush);
}
