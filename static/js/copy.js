// A button with `data-copy="#id"` copies that element's text and says so.
import { say } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    say("Copied.");
  } catch {
    // Without permission or https: mark it, so that the keyboard can.
    getSelection().selectAllChildren(source);
    say("Press Ctrl C to copy what is marked.");
  }
});
