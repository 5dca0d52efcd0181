// What happened, with Undo: stays 8 s, longer under pointer or focus, one at a time; Z undoes.
import { announce, csrf, key, mount, on, say } from "./dom.js";

const STAYS = 8000;

function icon(name, size = "s") {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon-${size}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function undoForm(url) {
  const token = element("input", { type: "hidden", name: "csrfmiddlewaretoken", value: csrf() });
  const hint = element("kbd", { class: "k only-wide", "aria-hidden": "true" }, "Z");
  const button = element("button", { class: "btn btn-s" }, `${say("undo")} `, hint);
  return element("form", { method: "post", action: url, "data-undo": "" }, token, button);
}

/** Show a toast. `undo` is the address that undoes it; `tone` is "warn" where something did not work. */
export function toast({ text, undo = "", tone = "" }) {
  const dismiss = element("button", { type: "button", class: "icon-btn small", "data-dismiss": "", "aria-label": say("close") }, icon("x"));
  const shown = element("div", { class: "toast", "data-toast": "" }, icon(tone === "warn" ? "alert-triangle" : "check"));
  shown.append(element("span", { class: "grow" }, text));
  if (undo) shown.append(undoForm(undo));
  shown.append(dismiss);
  document.getElementById("toasts").replaceChildren(shown);
  keep(shown);
}

const kept = new WeakSet();

function keep(shown) {
  if (kept.has(shown)) return;
  kept.add(shown);
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => shown.remove(), STAYS);
  };
  const hold = () => clearTimeout(timer);
  for (const type of ["pointerenter", "focusin"]) shown.addEventListener(type, hold);
  for (const type of ["pointerleave", "focusout"]) shown.addEventListener(type, start);
  start();
}

mount("[data-toast]", (shown) => {
  keep(shown);
  announce(shown.querySelector(".grow").textContent); // a region that is full from the start is not read
});
on("click", "[data-dismiss]", (event, button) => button.closest(".toast").remove());
key(["z"], () => {
  const forms = document.querySelectorAll("#toasts [data-undo]");
  if (!forms.length) return false;
  forms[forms.length - 1].requestSubmit();
});

// HX-Trigger: {"toast": {"text": "…", "undo": "/changes/9/undo/"}}
document.addEventListener("toast", (event) => toast(event.detail.text ? event.detail : { text: String(event.detail.value ?? "") }));
document.addEventListener("htmx:sendError", () => toast({ text: say("failed"), tone: "warn" }));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) toast({ text: say("failed"), tone: "warn" });
});
