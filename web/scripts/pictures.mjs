// Called by `make pictures` with one JSON document: where the studio is, which pages, where the pictures go.
import { join } from "node:path";
import { chromium } from "playwright";
import { CHROMIUM, FLAGS } from "./chromium.mjs";

const LOOKS = [
  { theme: "light", width: 1280, height: 900 },
  { theme: "dark", width: 1280, height: 900 },
  { theme: "light", width: 360, height: 780 },
  { theme: "dark", width: 360, height: 780 },
];
const TALLEST = 1800;
/** What one does on a page before its picture is taken. */
const WALKS = {
  cleaning: async (page) => {
    await page.getByRole("button", { name: /^Add (these|this|the usual)/ }).click();
    await page.getByText(/rows are touched/).waitFor();
  },
};
const { entrance, target, pages } = JSON.parse(process.argv[2]);
const origin = new URL(entrance).origin;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

/** Everything was drawn, also what waits until it is scrolled to. */
async function settled(page) {
  await page.waitForTimeout(500);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await page.waitForFunction(() => !document.querySelector(".skeleton"), null, { timeout: 60_000 });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(1500);
}

for (const { theme, width, height } of LOOKS) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(entrance);
  for (const [name, href] of Object.entries(pages)) {
    await page.goto(origin + href);
    await page.locator("main h1").waitFor();
    await WALKS[name]?.(page);
    await settled(page);
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: Math.min(Math.max(whole, height), TALLEST) };
    await page.screenshot({ path: join(target, `${name}-${theme}-${width}.png`), fullPage: true, clip });
  }
  await context.close();
}
await browser.close();
