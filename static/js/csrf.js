// Every request that changes something carries the page's CSRF token.
const meta = document.querySelector('meta[name="csrf-token"]');

export function csrfToken() {
  return meta?.content || "";
}

export function csrfHeaders() {
  return meta ? { "X-CSRFToken": csrfToken() } : {};
}

document.addEventListener("htmx:configRequest", (event) => {
  Object.assign(event.detail.headers, csrfHeaders());
});
