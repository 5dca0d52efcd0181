// Shows a form of Coordina where its script stands in a page: a frame as high as what is in it. It sends along where
// the visitor came from (utm_… of the page's address, the referring page), and nothing else; it keeps nothing.
(function () {
  "use strict";
  const script = document.currentScript;
  if (!script || !script.dataset.form) return;
  const address = new URL(script.dataset.form);
  if (address.origin !== new URL(script.src).origin) return;
  const here = new URLSearchParams(location.search);
  for (const name of ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]) {
    if (here.get(name)) address.searchParams.set(name, here.get(name).slice(0, 300));
  }
  if (document.referrer) address.searchParams.set("referrer", document.referrer.slice(0, 300));
  address.searchParams.set("page", (location.origin + location.pathname).slice(0, 300));
  address.searchParams.set("embedded", "1");
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "";
  frame.style.cssText = "width:100%;border:0;display:block;min-height:240px";
  frame.setAttribute("scrolling", "no");
  script.insertAdjacentElement("afterend", frame);
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    if (!event.data || event.data.coordina !== "form") return;
    if (Number.isFinite(event.data.height)) frame.style.height = `${Math.min(event.data.height, 20000)}px`;
    if (typeof event.data.onward === "string" && /^https?:\/\//.test(event.data.onward)) location.assign(event.data.onward);
  });
})();
