// Tasks that are not planned yet can be dragged from the tray into the week.
export function bringTasks() {
  const tray = document.getElementById("tray");
  new FullCalendar.Draggable(tray, {
    itemSelector: "[data-task]",
    eventData: (row) => ({
      title: row.dataset.title,
      duration: { minutes: Number(row.dataset.minutes) },
      task: row.dataset.task,
      look: "block",
    }),
  });
}
