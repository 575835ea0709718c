// Edits from the calendar: shown at once, sent, and taken back if the server says no.
import { csrfHeaders } from "../csrf.js";
import { ask } from "../session.js";
import { say } from "../toasts.js";

const box = document.getElementById("week");

export const wall = (date) => date.toISOString().slice(0, 16);

export async function post(address, fields) {
  const answer = await ask(address, {
    method: "POST",
    headers: { Accept: "application/json", ...csrfHeaders() },
    body: new URLSearchParams(fields),
  });
  const body = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (answer.ok) return body;
  throw Object.assign(new Error(body.detail || "That did not work, and nothing was changed."), { link: body.link });
}

function tell(error) {
  const words = error instanceof TypeError ? "TimeFlow cannot be reached. Nothing was changed." : error.message;
  if (!error.link) return say(words);
  return document.dispatchEvent(new CustomEvent("page-stale", { detail: { words, ...error.link } }));
}

async function carry(sending, undoHere, week) {
  try {
    const { words, undo } = await sending;
    say(words, undo);
  } catch (error) {
    undoHere();
    tell(error);
  }
  week.refetchEvents();
}

export function move(change, week) {
  const { event } = change;
  const end = event.end || new Date(event.start.getTime() + 36e5);
  return carry(post(event.extendedProps.moveTo, { start: wall(event.start), end: wall(end) }), change.revert, week);
}

export function place({ event, revert }, week) {
  const row = document.querySelector(`[data-task="${event.extendedProps.task}"]`);
  const end = event.end || new Date(event.start.getTime() + Number(row?.dataset.minutes || 30) * 6e4);
  const fields = { task: event.extendedProps.task, start: wall(event.start), end: wall(end) };
  const sending = post(box.dataset.place, fields).then((body) => { row?.remove(); return body; });
  return carry(sending, revert, week).then(() => event.remove());
}

document.addEventListener("week:finish", ({ detail }) => {
  post(detail.action, {}).then(
    ({ words, undo }) => { say(words, undo); document.dispatchEvent(new Event("week:changed")); },
    tell,
  );
});
