// Forms: sent once, the button says what it does, focus goes to the first wrong field, a file may be dropped.
import { csrf, mount, on } from "./dom.js";

function busy(form, submitter) {
  const button = submitter ?? form.querySelector("button:not([type=button])");
  if (!button || !button.dataset.busy) return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.dataset.rest = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
}

function rest(form) {
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.textContent = button.dataset.rest;
    button.removeAttribute("aria-busy");
  }
  delete form.dataset.sent;
}

on("submit", "form[data-form]", (event, form) => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  delete form.dataset.dirty;
  busy(form, event.submitter);
});

// a page that comes back from the browser's cache must be usable again; so must a form that htmx sent
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-sent]");
  if (form) rest(form);
});

on("input", "form[data-form]", (event, form) => (form.dataset.dirty = "yes"));
on("click", '[aria-disabled="true"]', (event) => event.preventDefault(), true);

mount("form[data-form]", (form) => {
  const wrong = form.querySelector('[aria-invalid="true"]');
  if (!wrong || form.closest("dialog")) return;
  wrong.focus();
});

document.addEventListener("htmx:configRequest", (event) => (event.detail.headers["X-CSRFToken"] = csrf()));

// a form with data-auto sends itself when a choice changes
on("change", "form[data-auto]", (event, form) => form.requestSubmit());

on("click", "[data-reveal]", (event, button) => {
  const field = button.parentElement.querySelector("input");
  const hidden = field.type === "password";
  field.type = hidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(hidden));
});

mount("[data-drop-file]", (area) => {
  const field = area.querySelector('input[type="file"]');
  for (const type of ["dragenter", "dragover"]) {
    area.addEventListener(type, (event) => {
      event.preventDefault();
      area.classList.add("over");
    });
  }
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

// a field that depends on another is shown, or marked as required, as that one changes
mount("form[data-form]", (form) => {
  const hanging = [...form.querySelectorAll("[data-shown-if], [data-required-if]")];
  if (!hanging.length) return;
  const meets = (text) => {
    const [name, values] = text.split(":");
    const about = form.elements[name];
    return !about || values.split(",").includes(about.value);
  };
  const settle = () => {
    for (const control of hanging) {
      const field = control.closest(".span") ?? control.closest(".field");
      const { shownIf, requiredIf } = control.dataset;
      if (shownIf) field.hidden = !meets(shownIf);
      const optional = field.querySelector(".optional");
      if (requiredIf && optional) optional.hidden = meets(requiredIf) && Boolean(form.elements[requiredIf.split(":")[0]]);
    }
  };
  form.addEventListener("change", settle);
  settle();
});
