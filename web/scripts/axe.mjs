// Every story of the static build, played at desk width, then judged by axe there and, dark, at phone width; "full": in both themes at
// three widths.
// Each must play to its end, have no axe violation (WCAG 2.2 A and AA), no uncaught error and no sideways scroll.
// A page goes from story to story without loading anew; what fails there counts only if it fails in a fresh page too.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright";
import { CHROMIUM, FLAGS } from "./chromium.mjs";

const WORKERS = 2;
const PLAY_MS = 30_000;
const LOOK_MS = 90_000; // for a story in all: a page that answers no more must not stop the others
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const every = [1280, 768, 360].flatMap((width) => ["light", "dark"].map((theme) => ({ width, theme })));
const looks =
  process.argv[2] === "full"
    ? every
    : [
        { width: 1280, theme: "light" },
        { width: 360, theme: "dark" },
      ];

const root = new URL("../storybook-static/", import.meta.url).pathname;
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const only = process.argv[3] ?? "";
const stories = Object.values(JSON.parse(readFileSync(join(root, "index.json"), "utf8")).entries).filter(
  (entry) => entry.type === "story" && entry.id.includes(only) && !entry.tags?.includes("live"),
);

const server = createServer((request, response) => {
  const path = join(root, decodeURIComponent(new URL(request.url, "http://x").pathname));
  const file = path.endsWith("/") ? `${path}index.html` : path;
  if (!file.startsWith(root) || !existsSync(file)) return response.writeHead(404).end();
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "cache-control": "max-age=3600" });
  response.end(readFileSync(file));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** In the page: waits until the story has played, and says how it went. */
function played({ id, limit, isFirst }) {
  const channel = globalThis.__STORYBOOK_ADDONS_CHANNEL__;
  const preview = globalThis.__STORYBOOK_PREVIEW__;
  const begin = performance.now();
  if (!isFirst) channel.emit("setCurrentStory", { storyId: id, viewMode: "story" });
  return new Promise((done) => {
    const look = () => {
      const render = preview.currentRender;
      const phase = render?.id === id ? render.phase : "";
      if (["finished", "errored"].includes(phase)) {
        const said = document.querySelector(".sb-show-errordisplay #error-message")?.textContent ?? "";
        return done(phase === "finished" ? "" : `its play failed: ${said.split("\n")[0]}`);
      }
      if (performance.now() - begin > limit) return done(`its play does not end (${phase})`);
      setTimeout(look, 20);
    };
    setTimeout(look, isFirst ? 0 : 20);
  });
}

/** In the page: waits until nothing moves, then tells what is wrong. */
async function judge({ theme, tags }) {
  document.documentElement.dataset.theme = theme;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  await frame();
  const ends = document
    .getAnimations()
    .filter((each) => each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    .map((each) => each.finished.catch(() => undefined));
  await Promise.race([Promise.all(ends), new Promise((done) => setTimeout(done, 1000))]);
  await new Promise((done) => setTimeout(done, 50));
  const isTooWide = () => document.documentElement.scrollWidth > innerWidth + 1;
  if (isTooWide()) await new Promise((done) => setTimeout(done, 500)); // what is measured after the window comes later on a busy machine
  const isWide = isTooWide();
  const { violations } = await globalThis.axe.run(document, {
    runOnly: tags,
    resultTypes: ["violations"],
    elementRef: false,
  });
  return [
    ...violations.map(
      (each) => `${each.id} at ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`,
    ),
    ...(isWide ? ["the page scrolls sideways"] : []),
  ];
}

async function open(id) {
  const page = await browser.newPage({
    reducedMotion: "reduce",
    viewport: { width: looks[0].width, height: 800 },
  });
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(
    `${base}/iframe.html?id=${id}&viewMode=story&globals=theme:${looks[0].theme};a11y.manual:!true`,
  );
  await page.waitForFunction("globalThis.__STORYBOOK_PREVIEW__?.currentRender", null, { timeout: 20_000 });
  await page.evaluate(axe);
  return { page, errors, isFirst: true };
}

async function check(tab, story) {
  tab.errors.length = 0;
  const { page } = tab;
  if (!tab.isFirst) await page.setViewportSize({ width: looks[0].width, height: 800 });
  const play = await page.evaluate(played, { id: story.id, limit: PLAY_MS, isFirst: tab.isFirst });
  tab.isFirst = false;
  const failures = play ? [`${story.id}: ${play}`] : [];
  for (const { width, theme } of looks) {
    await page.setViewportSize({ width, height: 800 });
    const found = await page.evaluate(judge, { theme, tags: TAGS });
    if (found.length > 0) failures.push(`${story.id} · ${theme} · ${width}: ${found.join(" | ")}`);
  }
  if (tab.errors.length > 0) failures.push(`${story.id}: ${tab.errors.join(" | ")}`);
  return failures;
}

async function within(milliseconds, answer) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`no answer in ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Checks a story, in a new tab where there is none; a tab in which something went wrong is closed, and nobody waits for that. */
async function attempt(holder, story) {
  let bad;
  try {
    holder.tab ??= await within(LOOK_MS, open(story.id));
    bad = await within(LOOK_MS, check(holder.tab, story));
  } catch (error) {
    bad = [`${story.id}: ${error.message.split("\n")[0]}`];
  }
  if (bad.length === 0) return bad;
  void holder.tab?.page.close().catch(() => undefined);
  holder.tab = undefined;
  return bad;
}

const queue = [...stories];
let failures = 0;
async function work() {
  const holder = { tab: undefined };
  for (let story = queue.shift(); story; story = queue.shift()) {
    let bad = await attempt(holder, story);
    if (bad.length > 0) {
      process.stdout.write(`once more: ${bad[0]}\n`);
      bad = await attempt(holder, story);
    }
    for (const each of bad) process.stdout.write(`${each}\n`);
    failures += bad.length;
  }
}
await Promise.all(Array.from({ length: WORKERS }, work));
await browser.close();
server.close();
const checks = stories.length * looks.length;
process.stdout.write(`axe: ${stories.length} stories, ${checks} looks, ${failures} failures\n`);
process.exit(failures > 0 ? 1 : 0);
