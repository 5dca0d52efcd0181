// Passkeys: the browser asks device or password manager, the answer travels in an ordinary form.
import { announce, csrf, mount, on } from "./dom.js";

const supported = "PublicKeyCredential" in window && isSecureContext;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The server's options with the bytes that the browser wants. */
function opened(options) {
  const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = known(options.allowCredentials);
  return made;
}

/** The browser's answer as JSON. */
function closed(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[name]) response[name] = text(given[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

function tell(form, key) {
  const line = form.querySelector("[data-passkey-said]");
  const said = form.dataset[key] ?? "";
  if (line) {
    line.textContent = said;
    line.hidden = !said;
  }
  if (said) announce(said, true);
}

async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
  });
  if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) {
    location.reload(); // signed out, or to be asked again: the server says where to go
    return null;
  }
  const body = await answer.json();
  return answer.ok ? opened(body) : Promise.reject(new Error(body.message ?? ""));
}

async function send(form) {
  const publicKey = await options(form);
  if (!publicKey) return;
  const make = form.dataset.passkey === "create";
  const credential = make ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  form.querySelector('input[name="credential"]').value = JSON.stringify(closed(credential));
  HTMLFormElement.prototype.submit.call(form);
}

mount("form[data-passkey]", (form) => {
  form.hidden = !supported;
  const other = document.querySelector("[data-no-passkey]");
  if (other) other.hidden = supported;
});

on("submit", "form[data-passkey]", (event, form) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  tell(form, "");
  send(form).catch((fault) => {
    button.disabled = false;
    tell(form, fault.name === "InvalidStateError" ? "known" : "failed");
  });
});
