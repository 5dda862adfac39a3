// A tab keeps the id of its conversation until it is closed, and asks for the conversation again when it is reloaded.
import { write } from "./typing.js";

const KEY = "bancheng-conversation";
const TRIES = 4;
let tries = 0;
let left = false; // cleared for good: what is still shown of it is not taken up again

const kept = (id) => {
  try {
    if (id) sessionStorage.setItem(KEY, id);
    else if (id === "") sessionStorage.removeItem(KEY);
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
};

// The id as the server told it: undefined before it said anything, empty after the conversation was cleared.
const told = () => document.querySelector("#bc-told-id i")?.textContent;

export const conversation = () => told() ?? kept();

export function forgetTab() {
  left = true;
  kept("");
}

export function followTab() {
  if (left) return;
  const id = told();
  if (id !== undefined) kept(id);
  else if (!tries) askAgain();
}

function askAgain() {
  const button = document.querySelector("#bc-resume");
  if (!button || !kept() || tries >= TRIES || told() !== undefined || new URLSearchParams(location.search).has("theme")) return;
  tries += 1;
  write("#bc-known", kept());
  button.click();
  setTimeout(askAgain, 1500); // Gradio may not have been listening yet
}
