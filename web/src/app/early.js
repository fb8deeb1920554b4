// Before the first paint: the stored theme, else the system's; then the scripts and data of this address are asked for.
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

  const table = document.getElementById("routes")?.textContent;
  if (!table) return;
  const { origin, pathname } = new URL(".", document.baseURI);
  const place = location.pathname.slice(pathname.length).replace(/\/$/, "");
  const last = place.slice(place.lastIndexOf("/") + 1);
  const routes = JSON.parse(table);
  const route = routes[place] ?? routes[`${place.slice(0, -last.length)}*`];
  if (!route) return;
  for (const file of route.files) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.crossOrigin = "";
    link.href = `./${file}`;
    document.head.append(link);
  }
  const answers = new Map();
  for (const [question, accept] of route.asks) {
    const url = `${origin}${pathname}${question.replaceAll("*", last)}`;
    const answer = fetch(url, { credentials: "same-origin", headers: accept ? { Accept: accept } : {} });
    answer.catch(() => undefined); // asked again where it is needed
    answers.set(url, answer);
  }
  globalThis.tokenloomEarly = { at: performance.now(), answers };
})();
