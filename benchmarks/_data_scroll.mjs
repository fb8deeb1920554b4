// Called by data_scroll.py with one JSON document: scrolls the table of a dataset's rows as a wheel does, and counts what is painted.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { CHROMIUM, FLAGS } from "../web/scripts/chromium.mjs";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright");
const PROBE = readFileSync(new URL("_studio_probe.js", import.meta.url), "utf8");
const { entrance, dataset, seconds } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
await page.addInitScript(PROBE);
await page.goto(entrance);
await page.goto(`${new URL(entrance).origin}/data/${dataset}?tab=rows`);
const table = page.getByRole("grid").or(page.getByRole("table")).first();
await table.getByText("What does entry 0 of", { exact: false }).first().waitFor();
await page.waitForTimeout(2000);

/** Scrolls by `step` px a frame for some seconds; each frame says what is on screen. */
async function scrolled(step) {
  return page.evaluate(
    async ([perFrame, long]) => {
      const cells = document.querySelector("[role=grid], table");
      const scrolls = (box) =>
        /auto|scroll/.test(getComputedStyle(box).overflowY) && box.scrollHeight > 10 * box.clientHeight;
      let place = cells;
      while (place && !scrolls(place)) place = place.parentElement;
      if (!place) throw new Error("no part of the page scrolls a million rows");
      place.scrollTop = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      globalThis.__bench.tasks.length = 0;
      const began = performance.now();
      const from = place.scrollTop;
      let [frames, last, worst, waiting] = [0, began, 0, 0];
      while (performance.now() - began < long * 1000) {
        place.scrollTop += perFrame;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = performance.now();
        worst = Math.max(worst, now - last);
        last = now;
        frames += 1;
        if (cells.querySelector(".skeleton")) waiting += 1;
      }
      return {
        frames_per_second: (1000 * frames) / (last - began),
        worst_frame_ms: worst,
        long_tasks_ms: globalThis.__bench.tasks.map(({ ms }) => Math.round(ms)),
        px: place.scrollTop - from,
        share_of_frames_with_waiting_rows: waiting / frames,
        shown: cells.textContent.match(/entry (\d+)/)?.[1] ?? "",
      };
    },
    [step, seconds],
  );
}

const idle = await scrolled(0);
const told = { idle, slow: await scrolled(20), fast: await scrolled(200), flung: await scrolled(4000) };
await browser.close();
for (const way of ["slow", "fast", "flung"]) if (!(told[way].px > 0)) throw new Error(`${way}: nothing was scrolled`);
process.stdout.write(JSON.stringify(told));
