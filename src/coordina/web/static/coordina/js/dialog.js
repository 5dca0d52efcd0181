// A fragment that htmx puts into #dialog-host opens as a modal dialog; focus goes back to where it came from.
import { mount, on } from "./dom.js";

let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "dialog-host" && !document.querySelector("dialog[open]")) opener = document.activeElement;
});

mount("#dialog-host dialog", (dialog) => {
  dialog.removeAttribute("open");
  dialog.showModal();
  const wrong = dialog.querySelector('[aria-invalid="true"]');
  const first = wrong ?? dialog.querySelector("[autofocus], .form .input, .form .check, .btn");
  first?.focus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) (opener.closest("details")?.querySelector("summary") ?? opener).focus();
    opener = null;
  });
});

on("click", "dialog [data-close]", (event, button) => {
  event.preventDefault();
  button.closest("dialog").close();
});

// a press that begins and ends on the veil closes; one that begins inside (selecting text) does not
on("pointerdown", "dialog", (event, dialog) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && !dialog.querySelector("form[data-dirty]")) dialog.close();
});

// HX-Trigger: {"closed": true}
document.addEventListener("closed", () => document.querySelector("#dialog-host dialog")?.close());
