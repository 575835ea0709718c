// A form with a start and an end: the end keeps its distance, an all-day event asks for dates alone, and a reason goes
// as soon as what it is about is changed.
const HALF_HOUR = 18e5;
const starts = new WeakMap();

const read = (field) => (field.value ? Date.parse(field.type === "date" ? field.value : `${field.value}Z`) : NaN);

function write(field, moment) {
  field.value = new Date(moment).toISOString().slice(0, field.type === "date" ? 10 : 16);
}

function endFollows(start) {
  const end = start.form.elements.end;
  const [was, now] = [starts.get(start), read(start)];
  if (Number.isNaN(now)) return;
  const lasts = read(end) - was;
  const isSensible = lasts > 0 || (lasts === 0 && end.type === "date");
  write(end, now + (isSensible ? lasts : HALF_HOUR));
  starts.set(start, now);
}

function askForDates(allDay) {
  for (const [name, usual] of [["start", "09:00"], ["end", "09:30"]]) {
    const field = allDay.form.elements[name];
    const [on, time] = field.value.split("T");
    if (time) field.dataset.time = time;
    field.value = "";
    field.type = allDay.checked ? "date" : "datetime-local";
    field.step = allDay.checked ? 1 : 300;
    if (on) field.value = allDay.checked ? on : `${on}T${field.dataset.time || usual}`;
  }
}

function isSpan(field) {
  return field.form?.matches("[data-span]");
}

document.addEventListener("focusin", ({ target }) => {
  if (isSpan(target) && target.name === "start") starts.set(target, read(target));
});
document.addEventListener("input", ({ target }) => {
  if (!isSpan(target)) return;
  if (target.name === "start") endFollows(target);
  if (target.name === "is_all_day") askForDates(target);
  const about = target.closest("[data-together]") || target.closest(".field");
  for (const reason of about?.querySelectorAll(".errorlist") || []) reason.remove();
  for (const field of about?.querySelectorAll("[aria-invalid]") || []) field.removeAttribute("aria-invalid");
});
document.addEventListener("htmx:load", ({ detail }) => {
  for (const allDay of detail.elt.querySelectorAll("[data-span] [name=is_all_day]:checked")) {
    askForDates(allDay);
    for (const name of ["start", "end"]) delete allDay.form.elements[name].dataset.time;
  }
});
