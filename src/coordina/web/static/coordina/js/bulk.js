// Bulk edit: whoever types a value means to set it; whoever leaves a field as it is or clears it need not type.
import { on } from "./dom.js";

const modeOf = (element) => element.closest("[data-bulk-line]")?.querySelector("[data-bulk-mode]");

function typed(event, element) {
  const mode = modeOf(element);
  if (mode && ["keep", "clear"].includes(mode.value) && event.target.value) mode.value = mode.querySelector('[value="add"]') ? "add" : "set";
}

on("input", ".bulk-value", typed);
on("change", ".bulk-value", typed);
