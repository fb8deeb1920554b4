// The browser of benchmarks/studio.py: one job as JSON on stdin, one answer as JSON on stdout.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHROMIUM, FLAGS } from "../web/scripts/chromium.mjs";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("playwright");
const PROBE = readFileSync(new URL("_studio_probe.js", import.meta.url), "utf8");
const WAIT_MS = 60_000;
const DEBUG_PORT = 9377;
/** What a browser does when it starts is no part of a visit. */
const SETTLE_MS = 2500;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A browser with an empty cache; `entrance` brings the session's cookie without loading a page; `canvas` is where curves are. */
async function newContext(browser, { entrance, height = 900, canvas = ".uplot canvas" }) {
  const context = await browser.newContext({ viewport: { width: 1280, height }, reducedMotion: "reduce" });
  await context.addInitScript(`globalThis.__chart = ${JSON.stringify(canvas)};\n${PROBE}`);
  if (entrance) await context.request.get(entrance);
  return context;
}

/** Open a page and wait for data on a chart; milliseconds since the navigation began. */
async function chart(context, url) {
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.__bench?.painted !== null, null, { timeout: WAIT_MS, polling: 50 });
  const found = await page.evaluate(() => {
    const paint = Object.fromEntries(performance.getEntriesByType("paint").map((entry) => [entry.name, entry.startTime]));
    const asked = performance.getEntriesByType("resource").filter((entry) => entry.name.includes("api/series"));
    return {
      first_paint: paint["first-contentful-paint"] ?? paint["first-paint"] ?? null,
      chart: globalThis.__bench.painted,
      curves_asked: asked.length > 0 ? asked[0].startTime : null,
      curves_read: asked.length > 0 ? asked[0].responseEnd : null,
      long_tasks: globalThis.__bench.tasks.map((task) => Math.round(task.ms)),
    };
  });
  return { page, found };
}

/** Twice the same page in one browser: with an empty cache, then as a second visit. */
async function visit(browser, job) {
  const context = await newContext(browser, job);
  const answer = {};
  for (const name of ["cold", "warm"]) {
    const { page, found } = await chart(context, job.url);
    answer[name] = found;
    await page.close();
  }
  return answer;
}

/** Drag over a part of the chart; milliseconds from the release until the new buckets are on the canvas. */
async function zoomOnce(page, from, to) {
  const plot = page.locator("[role=slider].cursor-crosshair").first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.evaluate(() => {
    globalThis.__bench.zoom = new Promise((resolve) => {
      const begin = (event) => {
        const look = () => {
          const read = performance
            .getEntriesByType("resource")
            .find((entry) => entry.name.includes("api/series") && entry.startTime >= event.timeStamp);
          const isDrawn = read && globalThis.__bench.draws.some((time) => time >= read.responseEnd);
          if (isDrawn) resolve({ total: performance.now() - event.timeStamp, server: read.responseEnd - read.startTime });
          else requestAnimationFrame(look);
        };
        look();
      };
      addEventListener("pointerup", begin, { once: true, capture: true });
    });
  });
  await page.mouse.up();
  const found = await page.evaluate(() => Promise.race([globalThis.__bench.zoom, new Promise((r) => setTimeout(r, 15000, null))]));
  await page.getByRole("button", { name: "Reset zoom" }).first().click();
  await pause(700);
  return found;
}

async function zoom(browser, job) {
  const { page } = await chart(await newContext(browser, job), job.url);
  await pause(1000);
  const found = [];
  for (let time = 0; time < job.repeats; time += 1) {
    found.push(await zoomOnce(page, 0.2 + 0.03 * time, 0.5 + 0.04 * time));
  }
  return { zooms: found };
}

async function heapBytes(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find((metric) => metric.name === "JSHeapUsedSize").value;
}

/** A run's page while it is written: frames, long tasks, memory, and when each step was first seen. */
async function live(browser, job) {
  const { page } = await chart(await newContext(browser, job), job.url);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await pause(3000);
  const before = await heapBytes(session);
  const start = await page.evaluate(() => {
    Object.assign(globalThis.__bench, { watched: "figure figcaption", shown: [] });
    return { frames: globalThis.__bench.frames, at: performance.now() };
  });
  await pause(job.seconds * 1000);
  const end = await page.evaluate(() => {
    const { frames, tasks, shown } = globalThis.__bench;
    return { frames, tasks, shown, at: performance.now() };
  });
  const shown = end.shown.flatMap(({ text, at }) => {
    const step = /over ([\d,]+) steps/.exec(text)?.[1];
    return step ? [{ step: Number(step.replaceAll(",", "")), at: at / 1000 }] : [];
  });
  return {
    frames_per_second: ((end.frames - start.frames) / (end.at - start.at)) * 1000,
    long_tasks: end.tasks.filter((task) => task.at >= start.at).map((task) => Math.round(task.ms)),
    heap_growth: (await heapBytes(session)) - before,
    heap: before,
    shown,
  };
}

/** Interactions as a person makes them; the worst of each kind is its INP. */
async function interactions(browser, { url, entrance, run }) {
  const page = await (await newContext(browser, { entrance })).newPage();
  const worst = {};
  const measure = async (name, act) => {
    await page.evaluate(() => {
      globalThis.__bench.events = {};
    });
    await act();
    await pause(600);
    const found = await page.evaluate(() => Object.values(globalThis.__bench.events).map((event) => event.ms));
    worst[name] = Math.max(0, ...found);
  };
  await page.goto(`${url}runs`);
  const filter = page.getByRole("searchbox", { name: "Filter runs" });
  await filter.waitFor();
  await pause(1000);
  await measure("open_palette_first_time", () => page.keyboard.press("Control+k"));
  await measure("type_in_palette", () => page.keyboard.type("data", { delay: 80 }));
  await page.keyboard.press("Escape");
  await measure("open_palette", () => page.keyboard.press("Control+k"));
  await page.keyboard.press("Escape");
  await measure("type_filter", async () => {
    await filter.click();
    await page.keyboard.type("name=run-3", { delay: 80 });
  });
  await page.goto(url + run);
  await page.waitForFunction(() => globalThis.__bench?.painted !== null, null, { timeout: WAIT_MS });
  await pause(1500);
  await measure("switch_log_tab", () => page.getByText("Console", { exact: true }).first().click());
  await measure("logarithmic_axis", () => page.getByRole("button", { name: /^log/i }).first().click());
  return { worst };
}

/** From the click on a place's link to its heading, on the second and later visits. */
async function routes(browser, { url, entrance, repeats }) {
  const page = await (await newContext(browser, { entrance })).newPage();
  await page.goto(url);
  const places = ["Runs", "Data", "Recipes", "Compare", "Compute", "Help"];
  const found = Object.fromEntries(places.map((place) => [place, []]));
  for (let time = 0; time <= repeats; time += 1) {
    for (const place of places) {
      const ms = await routeOnce(page, place);
      if (time > 0) found[place].push(ms);
      await pause(400);
    }
  }
  return { routes: found };
}

async function routeOnce(page, place) {
  await page.evaluate((name) => {
    globalThis.__bench.route = new Promise((resolve) => {
      const begin = (event) => {
        const look = () => {
          if (document.querySelector("h1")?.textContent?.includes(name)) resolve(performance.now() - event.timeStamp);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      };
      addEventListener("click", begin, { once: true, capture: true });
    });
  }, place);
  await page.getByRole("navigation").getByRole("link", { name: place }).first().click();
  return page.evaluate((name) => {
    const tooLong = new Promise((_, reject) => {
      setTimeout(() => reject(new Error(`no heading says ${name}`)), 15_000);
    });
    return Promise.race([globalThis.__bench.route, tooLong]);
  }, place);
}

/** Scripts and styles that each page asks for, by the end of their names. */
async function assets(browser, { url, entrance, pages }) {
  const found = {};
  for (const place of pages) {
    const page = await (await newContext(browser, { entrance })).newPage();
    const names = new Set();
    page.on("response", (response) => names.add(new URL(response.url()).pathname.split("/").at(-1)));
    await page.goto(url + place);
    await pause(2500);
    found[place || "home"] = [...names].filter((name) => /\.(js|css)$/.test(name));
  }
  return { assets: found };
}

/**
 * How many times a phone of the middle class is slower than this machine, by the index that Lighthouse measures and the table of its
 * documentation (docs/throttling.md). Its default, 4, is for a fast desk; on a slower machine it means a slower phone.
 */
const phoneSlowdown = (index) => (index >= 1500 ? 4 : index >= 800 ? 2 : 1);
const SLOW_4G = {
  rttMs: 150,
  throughputKbps: 1638.4,
  requestLatencyMs: 562.5,
  downloadThroughputKbps: 1474.56,
  uploadThroughputKbps: 675,
};

/** Lighthouse's scores for some pages, on a desk, on its phone, and on that phone with the processor that fits this machine. */
async function scores({ url, entrance, pages }) {
  const { default: lighthouse } = await import("../web/node_modules/lighthouse/core/index.js");
  const { default: desktop } = await import("../web/node_modules/lighthouse/core/config/desktop-config.js");
  const folder = mkdtempSync(path.join(tmpdir(), "tokenloom-bench-"));
  const args = [...FLAGS, `--remote-debugging-port=${DEBUG_PORT}`];
  const browser = await chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, args });
  const found = {};
  try {
    await browser.request.get(entrance);
    const Cookie = (await browser.cookies()).map((cookie) => `${cookie.name}=${cookie.value}`).join("; ");
    const flags = {
      port: DEBUG_PORT,
      logLevel: "silent",
      extraHeaders: { Cookie },
      onlyCategories: ["performance", "accessibility", "best-practices"],
      maxWaitForLoad: 20_000,
    };
    for (const [name, place] of Object.entries(pages)) {
      const { lhr } = await lighthouse(url + place, flags, desktop);
      found[`${name}_desktop`] = scoresOf(lhr);
      found[`${name}_mobile`] = scoresOf((await lighthouse(url + place, flags)).lhr);
      const throttling = { ...SLOW_4G, cpuSlowdownMultiplier: phoneSlowdown(lhr.environment.benchmarkIndex) };
      found[`${name}_mobile_fitted`] = scoresOf((await lighthouse(url + place, { ...flags, throttling })).lhr);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return { scores: found };
}

function scoresOf(lhr) {
  const of = (id) => (lhr.categories[id]?.score == null ? null : Math.round(lhr.categories[id].score * 100)); // null: not measured
  const ms = (id) => Math.round(lhr.audits[id]?.numericValue ?? -1);
  const failed = Object.values(lhr.audits).filter((audit) => audit.scoreDisplayMode === "binary" && audit.score === 0);
  return {
    benchmark_index: lhr.environment.benchmarkIndex,
    cpu_slowdown: lhr.configSettings.throttling.cpuSlowdownMultiplier,
    performance: of("performance"),
    accessibility: of("accessibility"),
    best_practices: of("best-practices"),
    first_contentful_paint: ms("first-contentful-paint"),
    largest_contentful_paint: ms("largest-contentful-paint"),
    total_blocking_time: ms("total-blocking-time"),
    layout_shift: Math.round((lhr.audits["cumulative-layout-shift"]?.numericValue ?? -1) * 1000) / 1000,
    failed: failed.map((audit) => audit.id),
  };
}

async function inBrowser(job) {
  const work = { visit, zoom, live, interactions, routes, assets }[job.do];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    await pause(SETTLE_MS);
    return await work(browser, job);
  } finally {
    await browser.close();
  }
}

const job = JSON.parse(readFileSync(0, "utf8"));
const answer = job.do === "scores" ? await scores(job) : await inBrowser(job);
process.stdout.write(JSON.stringify(answer));
