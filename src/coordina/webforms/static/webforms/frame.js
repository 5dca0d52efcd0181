// Inside a frame: tells the page around how high the form is, and where to go after it was sent.
(function () {
  "use strict";
  const main = document.getElementById("content");
  if (!main || window.parent === window) return;
  const tell = (said) => window.parent.postMessage({ coordina: "form", ...said }, "*");
  const height = () => tell({ height: Math.ceil(main.getBoundingClientRect().height) + 16 });
  new ResizeObserver(height).observe(main);
  height();
  if (main.dataset.onward) tell({ onward: main.dataset.onward });
})();
