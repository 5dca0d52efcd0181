// Runs in <head>, before the first paint: marks that scripts work and puts the theme this device has chosen.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("co-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // storage may be blocked: the system's theme stays
  }
})();
