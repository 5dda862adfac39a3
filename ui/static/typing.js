// What a button does in her place: write into a box of Gradio's, send a question, or say something to a screen reader.

export function write(box, words) {
  const field = document.querySelector(`${box} textarea, ${box} input`);
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, words);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
}

export function ask(question) {
  if (document.querySelector("#bc-status [data-busy]")) {
    say("请等这一句答完。");
    return;
  }
  write("#bc-box", question);
  document.querySelector("#bc-send").click();
}

export function say(words) {
  let region = document.querySelector("#bc-voice");
  if (!region) {
    region = Object.assign(document.createElement("p"), { id: "bc-voice" });
    region.setAttribute("role", "status");
    document.querySelector("main, body").append(region);
  }
  region.textContent = words;
  clearTimeout(region.timer);
  region.timer = setTimeout(() => { region.textContent = ""; }, 6000);
}
