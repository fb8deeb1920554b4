// Every story of the static build, dark at phone width and light at tablet width; "full": both themes at three widths.
// Each must have no axe violation (WCAG 2.2 A and AA), no error in the console's sense, and no sideways scroll.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright";
import { CHROMIUM, FLAGS } from "./chromium.mjs";

const WORKERS = 2;
const SETTLE_MS = 150;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const every = [360, 768, 1280].flatMap((width) => ["light", "dark"].map((theme) => ({ width, theme })));
const looks =
  process.argv[2] === "full"
    ? every
    : [
        { width: 360, theme: "dark" },
        { width: 768, theme: "light" },
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
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  response.end(readFileSync(file));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const failures = [];
let passed = 0;

async function check(page, errors, story) {
  errors.length = 0;
  await page.setViewportSize({ width: looks[0].width, height: 800 });
  await page.goto(
    `${base}/iframe.html?id=${story.id}&viewMode=story&globals=theme:${looks[0].theme};a11y.manual:!true`,
  );
  await page.waitForSelector("body.sb-show-main", { timeout: 20_000 });
  for (const { width, theme } of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate((name) => {
      document.documentElement.dataset.theme = name;
    }, theme);
    await page.waitForTimeout(SETTLE_MS);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
    const found = await page.evaluate(async (tags) => {
      const result = await globalThis.axe.run(document, { runOnly: tags });
      return result.violations.map((each) => `${each.id} at ${each.nodes[0]?.target.join(" ")}`);
    }, TAGS);
    const bad = [...found, ...(isWide ? ["the page scrolls sideways"] : []), ...errors];
    if (bad.length > 0) failures.push(`${story.id} · ${theme} · ${width}: ${bad.join(" | ")}`);
    else passed += 1;
  }
}

const queue = [...stories];
async function work() {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  for (let story = queue.shift(); story; story = queue.shift()) {
    try {
      await check(page, errors, story);
    } catch (error) {
      failures.push(`${story.id}: ${error.message.split("\n")[0]}`);
    }
  }
  await page.close();
}
await Promise.all(Array.from({ length: WORKERS }, work));
await browser.close();
server.close();
for (const failure of failures) process.stdout.write(`${failure}\n`);
process.stdout.write(`axe: ${passed} passed, ${failures.length} failed\n`);
process.exit(failures.length > 0 ? 1 : 0);
