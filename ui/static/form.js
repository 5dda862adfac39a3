// The form page: everything stays in this page. It sends nothing and stores nothing but the size of the letters.
import { born, fault, plain, sexOf, sound } from "./form_values.js";
import { watchIdle } from "./idle.js";

const root = document.documentElement;
const form = document.querySelector("#bc-form");
const line = document.querySelector("#bc-said");
const fields = [...form.querySelectorAll("[data-kind]")];
const faults = JSON.parse(form.dataset.faults);
let kept = true; // what is written now has been saved, or nothing is written

const today = () => {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};
const beside = (field, kind) => [...field.closest("fieldset").querySelectorAll("[data-kind]")].find((other) => other.dataset.kind === kind);
const identityOf = (field) => beside(field, "id_number")?.value ?? "";
const choicesOf = (field) => (field.options ? [...field.options].map((option) => option.value).filter(Boolean) : []);
const labelOf = (field) => `${field.closest("fieldset").querySelector("legend").textContent}·${field.labels[0].textContent}`;
const say = (text) => { line.textContent = text; };

function check(field) {
  const why = fault(field.dataset.kind, field.value, identityOf(field), choicesOf(field), today());
  const note = document.getElementById(`e-${field.name}`);
  const text = why ? faults[why] : "";
  if (note.textContent !== text) note.textContent = text;
  if (why) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
  return why;
}

function count() {
  const filled = fields.filter((field) => field.value.trim()).length;
  document.querySelector("#bc-count").textContent = `已填 ${filled} 栏，共 ${fields.length} 栏`;
  document.querySelector("#bc-bar").value = filled;
  fields.forEach((field) => field.classList.toggle("bc-empty", !field.value.trim()));
}

const checkAll = () => fields.filter(check);

function follow(field) {
  const number = sound(field.value, today());
  if (!number) return;
  for (const [kind, value] of [["birth_date", born(number)], ["sex", sexOf(number)]]) {
    const other = beside(field, kind);
    if (other && !other.value) { other.value = value; say(`按公民身份号码填好了${labelOf(other)}，请核对。`); }
  }
}

form.addEventListener("focusout", ({ target }) => {
  if (!target.dataset?.kind) return;
  target.value = plain(target.dataset.kind, target.value);
  if (target.dataset.kind === "id_number") follow(target);
  check(target);
  if (target.dataset.kind === "id_number") {
    for (const kind of ["birth_date", "sex"]) { const other = beside(target, kind); if (other?.value) check(other); }
  }
  count();
});
form.addEventListener("input", ({ target }) => {
  kept = false;
  if (target.options || target.getAttribute("aria-invalid")) check(target);
  count();
});
form.addEventListener("submit", (event) => event.preventDefault()); // a second lock beside the policy

function filled() {
  return Object.fromEntries(fields.filter((field) => field.value.trim()).map((field) => [field.name, plain(field.dataset.kind, field.value)]));
}

const wrongText = (wrong) => (wrong.length ? `有 ${wrong.length} 处要核对：${wrong.map(labelOf).join("、")}。` : "");

const actions = {
  check() {
    const wrong = checkAll();
    const empty = fields.filter((field) => !field.value.trim() && !("optional" in field.dataset)).length;
    say(wrongText(wrong) || (empty ? `填了的没有看出错，还有 ${empty} 栏没填。` : "填好了，没有看出错。"));
    wrong[0]?.focus();
  },
  save() {
    const wrong = checkAll();
    const content = { theme: form.dataset.theme, name: form.dataset.name, values: filled() };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(content, null, 1)}\n`], { type: "application/json" }));
    link.download = `一张表-${form.dataset.name}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    kept = true;
    say(`已存成文件，里面有您的个人信息，请收好。${wrongText(wrong)}`);
  },
  print() { checkAll(); window.print(); },
  open() { document.querySelector("#bc-file").click(); },
  clear() {
    if (!window.confirm("把填的内容全部清空？清空以后找不回来。")) return;
    form.reset();
    fields.forEach(check);
    kept = true;
    count();
    say("已经清空。");
  },
};

function read(text) {
  const { theme, values } = JSON.parse(text);
  if (theme !== form.dataset.theme) throw new Error("theme");
  fields.forEach((field) => { if (typeof values[field.name] === "string") field.value = values[field.name]; });
}

document.querySelector("#bc-file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  try {
    read(await file.text());
    say(wrongText(checkAll()) || "文件里的内容已经填进来了。");
  } catch (_) {
    say("这个文件不是这张表存出来的，没有读进来。");
  }
  target.value = "";
  kept = true;
  count();
});
document.addEventListener("click", ({ target }) => actions[target.closest("[data-do]")?.dataset.do]?.());
window.addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });
document.addEventListener("bc-forget", () => { form.reset(); kept = true; });
window.addEventListener("beforeprint", () => {
  document.querySelector(".bc-users").open = true;
  form.querySelectorAll("textarea").forEach((area) => { area.style.height = `${area.scrollHeight}px`; });
});

form.reset(); // what a browser restores by itself is not hers to find on a shared computer
count();
watchIdle();
