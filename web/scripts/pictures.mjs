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
const FILE = join(import.meta.dirname, "../../examples/faq/questions.csv");
/** What one does on a page before its picture is taken. */
const WALKS = {
  cleaning: async (page) => {
    await page.getByRole("button", { name: /^Add (these|this|the usual)/ }).click();
    await page.getByText(/rows are touched/).waitFor();
  },
  import: looked,
  mapper: async (page) => {
    await looked(page);
    await page
      .getByRole("heading", { name: "What the columns mean" })
      .evaluate((heading) => heading.scrollIntoView());
  },
};
/** What one does after it, so that the next picture shows nothing of it. */
const ENDS = { import: discarded, mapper: discarded };

/** The example's file is sent and looked into. */
async function looked(page) {
  await page.getByTestId("files").setInputFiles(FILE);
  await page.getByRole("heading", { name: "What the columns mean" }).waitFor();
  await page.getByRole("heading", { name: /as it is understood$/ }).waitFor();
}

async function discarded(page) {
  await page.goto(`${origin}/data`);
  const discard = page.getByRole("button", { name: "Discard questions.csv" });
  await discard.first().click();
  await discard.first().waitFor({ state: "hidden" });
}
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
    await ENDS[name]?.(page);
  }
  await context.close();
}
await browser.close();
