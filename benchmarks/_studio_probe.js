// Runs in a page before its own scripts: when data stand on a chart, frames, long tasks, the time of interactions.
(() => {
  const probe = { painted: null, draws: [], tasks: [], events: {}, frames: 0, shown: [], watched: null };
  globalThis.__bench = probe;
  const small = document.createElement("canvas");
  [small.width, small.height] = [240, 80];

  /** Coloured pixels: lines are, axes and words are grey. */
  function hasColour(canvas) {
    if (canvas === small || canvas.width < 100 || canvas.height < 50) return false;
    const context = small.getContext("2d", { willReadFrequently: true });
    context.clearRect(0, 0, 240, 80);
    context.drawImage(canvas, 0, 0, 240, 80);
    const { data } = context.getImageData(0, 0, 240, 80);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
      if (data[at + 3] > 40 && Math.max(r, g, b) - Math.min(r, g, b) > 28) count += 1;
    }
    return count > 30;
  }
  const hasLine = (path) => (path.getAttribute("d") ?? "").length > 300 && path.closest("svg")?.clientWidth > 100;
  const isDrawn = () =>
    [...document.querySelectorAll(globalThis.__chart ?? "canvas")].some(hasColour) ||
    [...document.querySelectorAll("svg path")].some(hasLine);

  /** Each frame: is there a chart by now; what does the watched text say. What a frame finds was painted by the one before. */
  function look() {
    probe.frames += 1;
    if (probe.painted === null && document.body && isDrawn()) probe.painted = performance.now();
    if (probe.watched) {
      const text = document.querySelector(probe.watched)?.textContent ?? "";
      if (text !== probe.shown.at(-1)?.text) probe.shown.push({ text, at: Date.now() });
    }
    requestAnimationFrame(look);
  }
  requestAnimationFrame(look);

  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas !== small) probe.draws.push(performance.now());
    return clear.apply(this, box);
  };
  const observe = (type, act, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true, ...more });
  observe("longtask", (entry) => probe.tasks.push({ at: entry.startTime, ms: entry.duration }));
  observe(
    "event",
    ({ interactionId, duration, name }) => {
      if (!interactionId) return;
      const known = probe.events[interactionId];
      if (!known || known.ms < duration) probe.events[interactionId] = { ms: duration, name };
    },
    { durationThreshold: 16 },
  );
})();
