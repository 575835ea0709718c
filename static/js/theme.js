// Light, dark or the system's choice, remembered in this browser. A script in the head applies it before the paint.
const root = document.documentElement;

function choose(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage is closed to us: the choice lasts until the page is left.
  }
  show();
}

function show() {
  for (const input of document.querySelectorAll("[data-theme-switch] input")) {
    input.checked = input.value === (root.dataset.theme ?? "");
  }
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-theme-switch]")) choose(event.target.value);
});
addEventListener("storage", (event) => {
  if (event.key === "theme") choose(event.newValue);
});
show();
