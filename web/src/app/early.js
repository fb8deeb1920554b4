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
  // A question is about what ends the address, or about each run that the address lists.
  const given = new URLSearchParams(location.search);
  const listed = routes[place] ? (given.get("runs") ?? "") : last;
  const subjects = [...new Set(listed.split(",").filter(Boolean))].map(encodeURIComponent);
  const aboutAll = subjects.map((subject) => `runs=${subject}`).join("&");
  const answers = new Map();
  const ask = (question, accept) => {
    const url = `${origin}${pathname}${question}`;
    const answer = fetch(url, { credentials: "same-origin", headers: accept ? { Accept: accept } : {} });
    answer.catch(() => undefined); // asked again where it is needed
    answers.set(url, answer);
  };
  for (const { question, accept, unless = [] } of route.asks) {
    if (unless.some((name) => given.get(name))) continue;
    if (!question.includes("*")) ask(question, accept);
    else if (subjects.length > 0 && question.includes("runs=*"))
      ask(question.replace("runs=*", aboutAll), accept);
    else for (const subject of subjects) ask(question.replaceAll("*", subject), accept);
  }
  globalThis.tokenloomEarly = {
    at: performance.now(),
    answers,
    stream: route.listens ? listen() : undefined,
  };

  /** The stream of the page, and what it said before anyone heard it. */
  function listen() {
    const source = new EventSource(`${origin}${pathname}api/stream`);
    const said = [];
    const keep = (message) => said.push(message.data);
    source.addEventListener("workspace", keep);
    return { source, said, keep };
  }
})();
