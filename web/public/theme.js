// Before the first paint: the stored theme, else the system's; the stored language's direction.
(() => {
  const root = document.documentElement;
  let stored = null;
  try {
    stored = localStorage.getItem("tokenloom.theme");
  } catch {
    // storage may be forbidden; the system's theme is used
  }
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = stored === "dark" || stored === "light" ? stored : isDark ? "dark" : "light";
})();
