// One event or block as the reference draws it, and the head of a day with its load.
const clock12 = document.body.dataset.clock === "12";

export function time(date) {
  const hour = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, "0");
  return clock12 ? `${(hour + 11) % 12 + 1}:${minutes} ${hour < 12 ? "am" : "pm"}` : `${hour}:${minutes}`;
}

function span(start, end) {
  return end ? [time(start), `– ${time(end)}`] : [time(start)];
}

function add(parent, tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  parent.append(node);
  return node;
}

export function drawEvent({ event }) {
  const { look, tint, busy, tentative, pinned, late, done, clash, proposed, removed, finish } = event.extendedProps;
  if (!look) return undefined;
  const minutes = event.end ? (event.end - event.start) / 6e4 : 30;
  const node = document.createElement("div");
  node.className = look;
  if (look === "was") return { domNodes: [node] };
  if (tint) node.classList.add(`tint-${tint}`);
  const marks = { "is-free": busy === false, "is-tentative": tentative, "is-late": late, "is-done": done, "is-conflict": clash, "is-proposed": proposed, "is-removed": removed, "is-tight": minutes < 50, "is-roomy": minutes >= 60, "is-tiny": minutes < 25 };
  for (const [name, on] of Object.entries(marks)) node.classList.toggle(name, Boolean(on));
  if (pinned) add(node, "i", "pin").title = "Pinned";
  add(node, "span", "", event.title);
  const words = span(event.start, event.end);
  if (!event.allDay && minutes >= 50) {
    const times = add(node, "small", "times");
    for (const part of words) add(times, "span", "", part);
  }
  if (clash) add(node, "span", "visually-hidden", "clashes with an event");
  if (tentative) add(node, "span", "visually-hidden", "not certain yet");
  if (finish && !done) node.append(tick(finish, event.title));
  node.title = [event.title, event.allDay ? "" : words.join(" "), clash ? "clashes with an event" : "", tentative ? "not certain yet" : ""].filter(Boolean).join(", ");
  return { domNodes: [node] };
}

function tick(action, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tick";
  button.textContent = "✓";
  button.setAttribute("aria-label", `Finish ${title}`);
  button.addEventListener("click", (press) => {
    press.stopPropagation();
    document.dispatchEvent(new CustomEvent("week:finish", { detail: { action } }));
  });
  return button;
}

export function drawHeader({ date }, feed) {
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" }).format(date);
  const parts = [];
  for (const [className, text] of [["day-number", String(date.getUTCDate())], ["", day], ["day-load", load(feed, date.toISOString().slice(0, 10))]]) {
    const node = document.createElement("span");
    node.className = className;
    node.textContent = text;
    parts.push(node);
  }
  return { domNodes: parts };
}

export function load(feed, day) {
  const minutes = feed?.planned[day] || 0;
  const rest = minutes % 60;
  if (!minutes) return "";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${rest ? ` ${String(rest).padStart(2, "0")}` : ""}`;
}
