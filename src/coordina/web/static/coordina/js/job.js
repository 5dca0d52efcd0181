// Long work: asks a cheap versioned address (304 when nothing changed), less often while nothing moves.
import { announce, mount, say } from "./dom.js";
import { toast } from "./toast.js";

const FIRST = 1000;
const SLOWEST = 5000;
const OVER = new Set(["done", "failed", "stopped"]);

function show(element, job) {
  const share = job.total ? Math.min(100, (100 * job.done) / job.total) : 0;
  element.querySelector(".fill")?.setAttribute("width", String(share));
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const put = (name, text) => {
    const place = element.querySelector(`[data-job-${name}]`);
    if (place && place.textContent !== text) place.textContent = text;
  };
  const total = job.total === null ? "…" : numbers.format(job.total);
  put("count", say("of", { done: numbers.format(job.done), total }));
  put("percent", new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share / 100));
  if (job.note !== undefined) put("note", job.note);
}

/** A page of its own goes on to the result; in the top bar it only says so: nobody is taken from what they are at. */
function finish(element, job) {
  element.dataset.state = job.state;
  if (element.matches(".job-chip")) {
    const good = job.state === "done";
    const title = element.querySelector(".cut").textContent;
    toast({ text: say(good ? "jobDone" : "jobStopped", { title }), tone: good ? "" : "warn" });
  } else if (job.result_url) location.assign(job.result_url);
  else location.reload();
}

mount("[data-job-url]", (element) => {
  if (OVER.has(element.dataset.state)) return;
  let wait = FIRST;
  let tag = "";
  const ask = async () => {
    if (!element.isConnected) return;
    if (document.hidden) {
      document.addEventListener("visibilitychange", ask, { once: true });
      return;
    }
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(element.dataset.jobUrl, { headers: { Accept: "application/json", ...headers }, cache: "no-store" });
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        const job = await answer.json();
        show(element, job);
        if (OVER.has(job.state)) {
          announce(job.note ?? "");
          finish(element, job);
          return;
        }
        wait = FIRST;
      } else if (answer.status === 304) wait = Math.min(wait * 1.4, SLOWEST);
      else if (answer.status < 500) return;
      else wait = SLOWEST;
    } catch {
      wait = SLOWEST;
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, FIRST);
});
