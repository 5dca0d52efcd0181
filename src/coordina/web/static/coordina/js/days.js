// Beside a field for a day or a moment: a button that opens the calendar of the device and writes what was chosen.
import { mount, on, say } from "./dom.js";

const NUMERIC = /^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ ,]+(\d{1,2}):(\d{2}))?/;
const two = (number) => String(number).padStart(2, "0");

/** What a field says as the picker wants it; empty where it is no day in figures. */
function iso(text, order, timed) {
  const found = NUMERIC.exec(text.trim());
  if (!found) return "";
  const part = { [order[0]]: found[1], [order[1]]: found[2], [order[2]]: found[3] };
  const day = `${part.y.padStart(4, "20")}-${two(part.m)}-${two(part.d)}`;
  return timed ? `${day}T${two(found[4] ?? 9)}:${found[5] ?? "00"}` : day;
}

/** What the picker says as the field is written. */
function written(value, order) {
  const [day, clock] = value.split("T");
  const [y, m, d] = day.split("-");
  const figures = [...order].map((letter) => ({ y, m, d })[letter]).join("/");
  return clock ? `${figures} ${clock.slice(0, 5)}` : figures;
}

mount("input[data-day], input[data-moment]", (field) => {
  const timed = field.dataset.moment !== undefined;
  const order = timed ? field.dataset.moment : field.dataset.day;
  const picker = document.createElement("input");
  if (!picker.showPicker || field.readOnly || field.disabled) return;
  picker.type = timed ? "datetime-local" : "date";
  picker.tabIndex = -1;
  picker.className = "day-picker";
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-btn small";
  button.setAttribute("aria-label", say("calendar"));
  button.title = say("calendar");
  const icon = document.getElementById("icon-calendar");
  if (icon) button.append(icon.content.cloneNode(true));
  const box = document.createElement("span");
  box.className = "day-box";
  if (field.dataset.kinds) {
    box.dataset.kinds = field.dataset.kinds;
    box.hidden = field.hidden;
  }
  const focused = document.activeElement === field;
  field.before(box);
  box.append(field, button, picker);
  if (focused) field.focus();
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus: leaving it would save
  button.addEventListener("click", () => {
    picker.value = iso(field.value, order, timed);
    picker.showPicker();
  });
  picker.addEventListener("input", (event) => {
    event.stopPropagation();
    if (!picker.value) return;
    field.value = written(picker.value, order);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!timed) field.focus();
  });
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
