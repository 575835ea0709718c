// What every page of a signed-in person runs.
import "./csrf.js";
import "./session.js";
import "./theme.js";
import "./toasts.js";
import "./shortcuts.js";
import "./menu.js";
import "./palette.js";
