// Blocks that a change would shift, drawn thin where they would go while the question is open.
import { GHOST, proposed } from "./feed.js";

export function keepGhosts(calendar) {
  document.addEventListener("week:ghosts", ({ detail }) => {
    calendar.batchRendering(() => {
      for (const event of calendar.getEvents()) if (event.extendedProps.ghost) event.remove();
      for (const shift of detail) {
        const ghost = proposed(shift);
        calendar.addEvent({ ...ghost, ...GHOST, id: `ghost-${shift.work}-${shift.start}`, extendedProps: { ...ghost.extendedProps, ghost: true } });
      }
    });
  });
}
