// Shared by the modules: attaching to elements now and later, words, live regions, requests.

/** Call `setup` once for every element that matches, on this page and in every fragment htmx brings. */
export function mount(selector, setup) {
  const done = new WeakSet();
  const attach = (root) => {
    const found = root.matches?.(selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(selector)]) {
      if (done.has(element)) continue;
      done.add(element);
      setup(element);
    }
  };
  attach(document);
  document.addEventListener("htmx:load", (event) => attach(event.detail.elt));
}

/** Listen on the document for events of elements that match. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) handler(event, element);
    },
    options,
  );
}

/** A translated sentence of the page (web/parts/words.html) with its {places} filled. */
export function say(key, places = {}) {
  const text = document.getElementById("words")?.dataset[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}

/** Have a sentence read aloud: politely, or at once where work is in danger. */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? "assertive" : "polite");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}

export function csrf() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/**
 * POST a form's worth of values and read the JSON answer.
 * Never throws: a server that cannot be reached answers with status 0.
 */
export async function post(url, values) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(values),
      headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", Accept: "application/json" },
    });
    const json = answer.headers.get("Content-Type")?.includes("json");
    return { status: answer.status, ok: answer.ok, body: json ? await answer.json() : {} };
  } catch {
    return { status: 0, ok: false, body: {} };
  }
}

/** Whether keys go into a field, so that single letters are not ours. */
export function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
}

/** Single-letter keys may be turned off on this device. */
export function keysOff() {
  try {
    return localStorage.getItem("co-keys") === "off";
  } catch {
    return false;
  }
}

/** Call `handler` for a key pressed outside fields, menus and dialogs; it returns false when the key was not for it. */
export function key(names, handler) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") || (event.key.length === 1 && event.key !== " " && keysOff())) return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (names.includes(pressed) && handler(event) !== false) event.preventDefault();
  });
}

/** Whether the system asks for less motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");
