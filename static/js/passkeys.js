// Passkeys: a form with data-passkey asks the device, puts its answer into the form's `credential` and sends it.
// "make" makes one, "use" shows one; their options lie in the page's #js_data, or where data-options says.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

function said(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const encoded = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { ...Object.fromEntries(encoded), transports: response.getTransports?.() },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function make({ publicKey }) {
  const wanted = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: { ...publicKey.authenticatorSelection, ...wanted },
    },
  });
}

async function use({ publicKey }) {
  const allowed = known(publicKey.allowCredentials);
  return navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: allowed },
  });
}

async function options(form) {
  if (!form.dataset.options) return JSON.parse(document.getElementById("js_data").textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function why(error) {
  if (error.name === "NotAllowedError") return "Nothing was done: the device was not asked to the end, or has no passkey for this.";
  if (error.name === "InvalidStateError") return "This device has a passkey for your account already.";
  return "That did not work here. Try again, or take another way.";
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-passkey-says]").textContent = "This browser knows no passkeys.";
    form.querySelector("button").disabled = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector("[data-passkey-says]");
    const button = form.querySelector("button");
    button.disabled = true;
    says.textContent = "";
    try {
      const given = await options(form);
      const credential = form.dataset.passkey === "make" ? await make(given.creation_options) : await use(given.request_options);
      form.elements.credential.value = JSON.stringify(said(credential));
      form.submit();
    } catch (error) {
      says.textContent = why(error);
      button.disabled = false;
    }
  });
}
