// First run: guess the time zone of this device. Profile: the theme of this device. Roles: say what was changed.
import { mount, on } from "./dom.js";

const OLD_NAMES = { "Asia/Kolkata": "Asia/Calcutta", "America/Argentina/Buenos_Aires": "America/Buenos_Aires", "Europe/Kyiv": "Europe/Kiev" };

mount("form[data-guess-zone]", (form) => {
  const select = form.querySelector('select[name="time_zone"]');
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const option = [...select.options].find((each) => each.value === here || each.value === OLD_NAMES[here]);
  if (!option || here === "UTC") return;
  select.value = option.value;
  const field = select.closest(".combo")?.querySelector('input[role="combobox"]');
  if (field) field.value = option.textContent.trim();
});

function chosenTheme() {
  try {
    return localStorage.getItem("co-theme") ?? "system";
  } catch {
    return document.documentElement.dataset.theme ?? "system";
  }
}

mount("[data-theme-choice]", (radio) => (radio.checked = radio.value === chosenTheme()));

on("change", "[data-theme-choice]", (event, radio) => {
  const root = document.documentElement;
  if (radio.value === "system") delete root.dataset.theme;
  else root.dataset.theme = radio.value;
  try {
    if (radio.value === "system") localStorage.removeItem("co-theme");
    else localStorage.setItem("co-theme", radio.value);
  } catch {
    // without storage the choice lasts as long as the page
  }
  document.dispatchEvent(new CustomEvent("theme"));
});

// a cell of the matrix that differs from what was saved is tinted until it is saved or put back
function mark(select) {
  select.classList.toggle("changed", select.value !== select.dataset.saved);
}
mount("select[data-saved]", mark);
on("change", "select[data-saved]", (event, select) => mark(select));
on("reset", "form[data-matrix]", (event, form) => setTimeout(() => form.querySelectorAll("select[data-saved]").forEach(mark)));

on("click", "[data-print]", () => print());
