// Settings of fields: lists in order by dragging or arrow keys; parts of the form that belong to one type only.
import { announce, mount, on, post } from "./dom.js";
import { toast } from "./toast.js";

let dragged = null;

const itemOf = (element) => element.closest("[data-sort]");
const rootOf = (element) => element.closest("[data-sortable]");

async function keep(root) {
  const url = root.dataset.sortable;
  if (!url) return;
  const values = new URLSearchParams();
  for (const item of root.querySelectorAll("[data-sort]")) values.append("order", item.dataset.sort);
  const { ok, body } = await post(url, values);
  if (ok && body.toast) toast(body.toast);
  else if (!ok) location.reload();
}

function tell(item) {
  const all = [...item.parentElement.children];
  announce(`${item.dataset.title}: ${all.indexOf(item) + 1}/${all.length}`);
}

on("keydown", "[data-handle]", (event, handle) => {
  const item = itemOf(handle);
  const other = { ArrowUp: item.previousElementSibling, ArrowDown: item.nextElementSibling }[event.key];
  if (!other) return;
  event.preventDefault();
  if (event.key === "ArrowUp") item.parentElement.insertBefore(item, other);
  else item.parentElement.insertBefore(other, item);
  handle.focus();
  tell(item);
  keep(rootOf(item));
});

mount("[data-handle]", (handle) => {
  const item = itemOf(handle);
  handle.addEventListener("pointerdown", () => (item.draggable = true));
  handle.addEventListener("pointerup", () => (item.draggable = false));
});

on("dragstart", "[data-sort]", (event, item) => {
  dragged = item;
  event.dataTransfer.effectAllowed = "move";
  item.classList.add("lifted");
});

on("dragover", "[data-sort]", (event, item) => {
  if (!dragged || item.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const box = item.getBoundingClientRect();
  if (item !== dragged) item.parentElement.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? item : item.nextElementSibling);
});

on("dragend", "[data-sort]", (event, item) => {
  item.classList.remove("lifted");
  item.draggable = false;
  dragged = null;
  tell(item);
  keep(rootOf(item));
});

mount("form[data-kinds]", (form) => {
  const kind = form.querySelector('select[name="kind"]');
  if (!kind) return;
  const show = () => {
    for (const control of form.querySelectorAll("[data-for-kind]")) {
      const field = control.closest(".span") ?? control.closest(".field");
      field.hidden = !control.dataset.forKind.split(" ").includes(kind.value);
    }
  };
  kind.addEventListener("change", show);
  show();
});
