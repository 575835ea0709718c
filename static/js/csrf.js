// Every request that changes something carries the page's CSRF token; one that lost its session goes to sign in.
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

// The server leads a signed-out person to the sign-in page; as a fragment it would land inside this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const address = event.detail.xhr.responseURL;
  if (address && new URL(address).pathname.startsWith("/accounts/login")) {
    event.detail.shouldSwap = false;
    location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname)}`);
  }
});
