// The price of a yes: while something is dragged, what else would move is asked for and said beside the pointer.
import { post, wall } from "./edit.js";

const box = document.getElementById("week");
const hint = document.getElementById("price-hint");
const live = document.getElementById("price-live");
let last = "";
let asking = false;
let waiting = null;
let active = false;

addEventListener("pointermove", ({ clientX, clientY }) => {
  hint.style.left = `${Math.min(clientX + 16, innerWidth - 330)}px`;
  hint.style.top = `${Math.min(clientY + 16, innerHeight - 60)}px`;
}, { passive: true });

export function ask(span, event) {
  const key = event?.extendedProps.key || (event?.extendedProps.task ? null : {});
  if (!key || !span.end) return;
  active = true;
  const question = { ...key, start: wall(span.start), end: wall(span.end) };
  if (JSON.stringify(question) === last) return;
  last = JSON.stringify(question);
  waiting = question;
  if (!asking) next();
}

async function next() {
  asking = true;
  while (waiting) {
    const question = waiting;
    waiting = null;
    try {
      show(await post(box.dataset.price, question));
    } catch {
      show({ sentence: "" });
    }
  }
  asking = false;
}

function show({ sentence, moved = [] }) {
  if (!active) return;
  hint.textContent = sentence;
  hint.hidden = !sentence;
  live.textContent = sentence;
  document.dispatchEvent(new CustomEvent("week:ghosts", { detail: moved }));
}

export function forget() {
  active = false;
  waiting = null;
  last = "";
  hint.hidden = true;
  document.dispatchEvent(new CustomEvent("week:ghosts", { detail: [] }));
}
