// Every page before a real, finished training: both themes, phone and desk, no sideways scroll, no violation of WCAG 2.2 AA, deep links,
// the keyboard alone, and a first route within its budget.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Studio, type Visitor, visit } from "./studio.ts";

const WEB = path.resolve(import.meta.dirname, "..");
const AXE = readFileSync(path.join(WEB, "node_modules/axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FAQ = path.resolve(WEB, "../examples/faq/questions.csv");
const studio = new Studio();
let visitor: Visitor;
let ids: Record<string, string> = {};

beforeAll(async () => {
  studio.tokenloom(
    "data",
    "import",
    FAQ,
    "--name",
    "faq",
    "--map",
    "prompt=Question",
    "--map",
    "completion=Answer",
  );
  studio.tokenloom("tokenizer", "train", "faq", "--vocab-size", "400", "--data", "faq");
  const small = [
    "model.num_layers=2",
    "model.hidden_size=64",
    "model.num_heads=2",
    "loop.max_steps=40",
    "evaluation.every_steps=20",
  ];
  const one = studio.tokenloom("train", "cpu/minute-pretrain", "data.dataset=faq", "name=one", ...small) as {
    run: string;
  };
  const two = studio.tokenloom(
    "train",
    "cpu/minute-pretrain",
    "data.dataset=faq",
    "name=two",
    "optimizer.learning_rate=1e-3",
    ...small,
  ) as { run: string };
  const measured = studio.tokenloom("evaluate", one.run, "--data", "faq", "generation.max_new_tokens=8") as {
    run: string;
  };
  const sent = studio.tokenloom(
    "export",
    one.run,
    "--format",
    "hf",
    "--out",
    path.join(studio.workspace, "out"),
  ) as { run: string };
  ids = { one: one.run, two: two.run, evaluation: measured.run, export: sent.run };
  await studio.start();
  visitor = await visit(studio);
});
afterAll(async () => {
  await visitor?.browser.close();
  await studio.end();
});

/** Address → what its heading says. */
const pages = (): [string, RegExp][] => [
  ["/", /at rest/],
  ["/data", /Data/],
  ["/data?tab=tokenizers", /Data/],
  ["/data?import=open", /Data/],
  ["/data/faq@1", /faq/],
  ["/data/faq@1?tab=rows", /faq/],
  ["/recipes", /Recipes/],
  ["/recipes/edit?preset=cpu/minute-pretrain", /minute pretrain/],
  ["/runs", /Runs/],
  [`/runs/${ids.one}`, /one/],
  [`/compare?runs=${ids.one},${ids.two}`, /Compare/],
  ["/evaluate", /Evaluate/],
  [`/evaluate/${ids.evaluation}`, /./],
  [`/generate?model=${ids.one}`, /Generate/],
  ["/export", /Export/],
  [`/export/${ids.export}`, /./],
  ["/compute", /Compute/],
  ["/help", /Help/],
];

async function arrive(page: Visitor["page"], href: string, name: RegExp): Promise<void> {
  await page.goto(studio.address + href);
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.waitForLoadState("networkidle", { timeout: 1500 }).catch(() => undefined);
  await page.waitForTimeout(400);
}

async function violations(page: Visitor["page"]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run: (
            ...words: unknown[]
          ) => Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
        };
      }
    ).axe;
    const found = await axe.run(document, { runOnly: tags });
    return found.violations.map((each) => `${each.id} at ${each.nodes[0]?.target.join(" ")}`);
  }, TAGS);
}

test("every page in both themes at phone and desk width, and as wide as any screen", async () => {
  const { page } = visitor;
  const wrong: string[] = [];
  const size = async (href: string, width: number) => {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(100);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) wrong.push(`${href} ${width}: scrolls sideways`);
  };
  for (const [href, name] of pages()) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await arrive(page, href, name);
    for (const width of [1280, 360]) {
      await size(href, width);
      for (const theme of ["light", "dark"]) {
        await page.evaluate((value) => {
          document.documentElement.dataset.theme = value;
        }, theme);
        await page.waitForTimeout(150);
        for (const each of await violations(page)) wrong.push(`${href} ${theme} ${width}: ${each}`);
      }
    }
    for (const width of [320, 768, 1920]) await size(href, width);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  expect(wrong).toEqual([]);
  expect(visitor.complaints).toEqual([]);
});

test("in the reader's own colours one sees where one is and what is chosen", async () => {
  const { page } = visitor;
  await page.emulateMedia({ forcedColors: "active" });
  await arrive(page, "/runs", /Runs/);
  const looks = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map((each) => getComputedStyle(each).backgroundColor));
  const here = await looks('nav a[aria-current="page"]');
  const elsewhere = await looks("nav a:not([aria-current])");
  const chosen = await looks('[role="radio"][data-selected]');
  const left = await looks('[role="radio"]:not([data-selected])');
  await page.emulateMedia({ forcedColors: "none" });
  expect(here.length * elsewhere.length * chosen.length * left.length).toBeGreaterThan(0);
  expect(elsewhere).not.toContain(here[0]);
  expect(left).not.toContain(chosen[0]);
});

test("a view is in its address: filter, reload, back", async () => {
  const { page } = visitor;
  await arrive(page, "/runs", /Runs/);
  await page.getByRole("searchbox", { name: "Filter runs" }).fill("name=two");
  await page.waitForURL(/filter=name%3Dtwo/);
  await page.getByRole("link", { name: /^one/ }).waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("searchbox", { name: "Filter runs" }).waitFor();
  expect(await page.getByRole("searchbox", { name: "Filter runs" }).inputValue()).toBe("name=two");
  await page.getByRole("link", { name: /two/ }).first().click();
  await page.getByRole("heading", { level: 1, name: "two" }).waitFor();
  await page.goBack();
  await page.waitForURL(/filter=name%3Dtwo/);
});

test("by keyboard alone: to the runs, into one, to its comparison and home", async () => {
  const { page } = visitor;
  await arrive(page, "/", /at rest/);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement?.getAttribute("role"))) === "grid") break;
  }
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.getByText("2 chosen").waitFor();
  await page.keyboard.press("c");
  await page.getByRole("heading", { level: 1, name: "Compare" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Search or run a command" }).waitFor();
  await page.keyboard.type("one");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "one" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await page.getByRole("heading", { level: 1, name: /at rest/ }).waitFor();
});

test("a run is started by keyboard alone, from its recipe", async () => {
  const { page } = visitor;
  await arrive(page, "/recipes/edit?preset=cpu/minute-pretrain", /minute pretrain/);
  const start = page.locator("button", { hasText: "Start training" });
  await expect.poll(() => start.isEnabled(), { timeout: 60_000 }).toBe(true);
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    if (await start.evaluate((each) => each === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\/\w+/);
  const run = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  studio.tokenloom("runs", "stop", run, "--now");
  await page.getByText("Stopped", { exact: true }).first().waitFor({ timeout: 90_000 });
  await arrive(page, "/runs", /Runs/);
  await expect.poll(() => deleted(run), { timeout: 60_000 }).toBe(true);
});

/** It goes as soon as its process has: Home shows the newest training, and this one has no curve. */
function deleted(run: string): boolean {
  try {
    studio.tokenloom("runs", "delete", run);
    return true;
  } catch {
    return false;
  }
}

test("the pseudo language leaves no sentence of the shell untranslated", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/compare?language=pseudo`);
  await page.getByRole("heading", { level: 1, name: /\[Cómpáré/ }).waitFor();
  const plain = await page.getByRole("navigation").allTextContents();
  expect(plain.every((text) => text === "" || text.includes("["))).toBe(true);
});

test("a browser without a session sees only the way in", async () => {
  const context = await visitor.browser.newContext();
  const page = await context.newPage();
  const answer = await page.goto(`${studio.address}/runs`);
  expect(answer?.status()).toBe(401);
  await context.close();
});

test("what the HTML asks for before any script is what the page then needs", async () => {
  const { page } = visitor;
  for (const [place, title] of [
    ["/", /./],
    [`/runs/${ids.one}`, /one/],
    [`/compare?runs=${ids.one},${ids.two}`, /Compare/],
    [`/compare?runs=${ids.one}&x=elapsed`, /Compare/],
  ] as const) {
    await arrive(page, place, title);
    const left = () => [...(globalThis.tokenloomEarly?.answers.keys() ?? ["nothing was asked"])];
    await expect.poll(() => page.evaluate(left)).toEqual([]);
  }
});

test("the frame stands in the HTML and its links lead somewhere without scripts", async () => {
  const { page } = visitor;
  const html = await (await page.request.get(`${studio.address}/runs/${ids.one}`)).text();
  expect(html).toContain('<nav aria-label="Work">');
  expect(html).toMatch(/href="\.\/runs"/);
  expect(html).not.toContain("<!--");
  // What is painted waits for one style sheet, and the script that starts the studio for no other script.
  expect(html.match(/rel="stylesheet"/g)).toHaveLength(1);
  const start = /<script type="module"[^>]* src="\.\/([^"]+)"/.exec(html)?.[1] ?? "";
  expect(readFileSync(path.join(WEB, "dist", start), "utf8")).not.toMatch(/import *["'{*]|from *["']/);
});

test("the first route stays within its budget, with its chart", async () => {
  const context = await visitor.browser.newContext(); // nothing is in its cache
  const page = await context.newPage();
  const files = new Set<string>();
  page.on("response", (response) => files.add(new URL(response.url()).pathname));
  await page.goto(studio.entrance);
  await page.getByRole("heading", { level: 1, name: /at rest/ }).waitFor();
  await page.locator(".uplot canvas").first().waitFor();
  await page.waitForLoadState("networkidle", { timeout: 1500 }).catch(() => undefined);
  await context.close();
  const size = (names: string[]) =>
    names.reduce(
      (sum, name) => sum + gzipSync(readFileSync(path.join(WEB, "dist", name)), { level: 9 }).length,
      0,
    );
  const loaded = (ending: string) => [...files].filter((name) => name.endsWith(ending));
  expect(loaded(".js").length).toBeGreaterThan(3);
  expect(size(loaded(".js")) / 1000).toBeLessThan(200);
  expect(size(loaded(".css")) / 1000).toBeLessThan(20);
  const assets = readdirSync(path.join(WEB, "dist/assets")).filter((name) => name.endsWith(".js"));
  const all = assets.map((name) => `assets/${name}`);
  expect(size(all) / 1000).toBeLessThan(700);
  expect(
    Math.max(...all.filter((name) => !files.has(`/${name}`)).map((name) => size([name]))) / 1000,
  ).toBeLessThan(120);
  expect(
    all.every(
      (name) =>
        statSync(path.join(WEB, "dist", name)).size < 1024 ||
        existsSync(path.join(WEB, "dist", `${name}.br`)),
    ),
  ).toBe(true);
});
