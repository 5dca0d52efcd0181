// Vega-Lite charts in our colours and our language. A page that has some loads vega, vega-lite, vega-embed and this.
// <div class="chart" role="img" aria-label="the numbers" data-chart="id of a JSON script"></div>
import { mount } from "./dom.js";

const ROLES = [
  "text", "text-2", "text-3", "line", "line-strong", "surface", "accent", "mute-soft",
  "s1", "s2", "s3", "s4", "s5", "bad-fill", "warn-fill", "good-fill",
];
const BASE = {
  background: null,
  font: "Inter Variable",
  padding: { left: 0, right: 4, top: 6, bottom: 6 },
  view: { stroke: null },
  axis: { domain: false, ticks: false, labelColor: "@text-2", labelFontSize: 11, labelPadding: 6, title: null, gridColor: "@line" },
  axisX: { grid: false, labelAngle: 0 },
  axisY: { tickCount: 4, grid: true },
  bar: { color: "@accent", cornerRadiusEnd: 3 },
  line: { color: "@accent", strokeWidth: 2, interpolate: "monotone" },
  area: { color: "@s2", opacity: 0.45 },
  tick: { color: "@text", thickness: 2 },
  rule: { color: "@text-3" },
  text: { color: "@text", fontSize: 11 },
  range: { ordinal: ["@s1", "@s2", "@s3", "@s4", "@s5"], category: ["@accent", "@warn-fill", "@s2", "@text-3", "@s3"] },
  legend: { orient: "top", title: null, labelColor: "@text-2", labelFontSize: 11, symbolType: "square" },
};

/** Vega knows no light-dark(): paint each role on a probe and read what came out. */
function palette() {
  const ink = document.createElement("canvas").getContext("2d");
  const colours = {};
  for (const role of ROLES) {
    const probe = document.body.appendChild(document.createElement("span")); // a new one each: nothing to fade from
    probe.style.color = `var(--co-${role})`;
    ink.fillStyle = getComputedStyle(probe).color;
    colours[`@${role}`] = ink.fillStyle;
    probe.remove();
  }
  return colours;
}

function coloured(part, colours) {
  if (typeof part === "string") return colours[part] ?? part;
  if (Array.isArray(part)) return part.map((each) => coloured(each, colours));
  if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, coloured(value, colours)]));
  return part;
}

function formats() {
  const lang = document.documentElement.lang;
  const parts = new Intl.NumberFormat(lang, { useGrouping: "always" }).formatToParts(1234567.5);
  const part = (type, other) => parts.find((each) => each.type === type)?.value ?? other;
  const names = (options, count, date) => Array.from({ length: count }, (_, at) => new Intl.DateTimeFormat(lang, { ...options, timeZone: "UTC" }).format(date(at)));
  const day = (at) => new Date(Date.UTC(2023, 0, 1 + at));
  const month = (at) => new Date(Date.UTC(2023, at, 15));
  return {
    formatLocale: { decimal: part("decimal", "."), thousands: part("group", ","), grouping: [3], currency: ["", ""], percent: "\u00a0%" },
    timeFormatLocale: {
      dateTime: "%x, %X",
      date: "%d/%m/%Y",
      time: "%H:%M:%S",
      periods: ["AM", "PM"],
      days: names({ weekday: "long" }, 7, day),
      shortDays: names({ weekday: "short" }, 7, day),
      months: names({ month: "long" }, 12, month),
      shortMonths: names({ month: "short" }, 12, month),
    },
  };
}

async function draw(element) {
  const source = document.getElementById(element.dataset.chart);
  if (!source || !window.vegaEmbed) return;
  const colours = palette();
  const spec = coloured(JSON.parse(source.textContent), colours);
  spec.width ??= "container";
  spec.autosize ??= { type: "fit-x", contains: "padding" };
  const options = { config: coloured(BASE, colours), actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: false, ...formats() };
  const { view } = await window.vegaEmbed(element, spec, options);
  element.querySelector("svg")?.setAttribute("aria-hidden", "true");
  view.addEventListener("click", (event, item) => item?.datum?.url && location.assign(item.datum.url));
}

const drawn = new Set();
mount("[data-chart]", (element) => {
  drawn.add(element);
  draw(element);
});
document.addEventListener("theme", () => drawn.forEach(draw));
