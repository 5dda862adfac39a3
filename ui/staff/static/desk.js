// Search while typing, move with the arrows, print. Everything works without it, by links and forms.
const box = document.querySelector("#q");
const form = document.querySelector("#search");
const results = document.querySelector("#results");
const said = document.querySelector("#said");
const WAIT = 180; // milliseconds of quiet before a search
let waiting = 0;
let running = null;

function address(path) {
  const asked = new URLSearchParams(new FormData(form));
  for (const { name, dataset } of form.elements) {
    if (!asked.get(name) || asked.get(name) === dataset.usual) asked.delete(name);
  }
  return `${path}?${asked}`;
}

async function search() {
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(address("/staff/results"), { signal: running.signal, redirect: "error" });
    if (answer.status === 401) { location.href = "/staff/login"; return; }
    if (!answer.ok) { said.textContent = "现在查不了，请再试一次。"; return; }
    results.innerHTML = await answer.text(); // rendered and escaped by our own server
    const told = results.querySelector("[data-count]").dataset;
    const asked = new URL(address("/staff/"), location);
    if (told.words) asked.searchParams.set("q", told.words);
    history.replaceState(null, "", asked); // with personal data masked
    said.textContent = `${told.count} 条`;
  } catch (fault) {
    if (fault.name !== "AbortError") said.textContent = "现在查不了，请再试一次。";
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(search, WAIT);
}

if (form) {
  box.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  box.addEventListener("compositionend", soon);
  form.addEventListener("change", (event) => { if (event.target !== box) soon(); });
}

const links = () => [...document.querySelectorAll("#found li > a")];
const typing = (target) => target.matches?.("input, textarea, select") && target !== box;

function move(step) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && step < 0) return false;
  if (at + step < 0 && box) { box.focus(); return true; }
  const next = all[at + step];
  next?.focus();
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  if (event.key === "/" && event.target !== box) {
    if (!box) location.href = "/staff/";
    else { box.focus(); box.select(); }
    event.preventDefault();
  } else if (event.key === "Escape" && box && event.target !== box) {
    box.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const inList = event.target === box || links().includes(event.target);
    if (inList && move(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=print]")) print();
});
