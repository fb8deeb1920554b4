// From a drop to a dataset that is ready to train: by mouse with several files, and by keyboard alone with a path. What would be set
// aside is seen before; the doctor's verdict leads to a recipe with the dataset in it, which says what is missing until it can start.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Locator } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Studio, type Visitor, visit } from "./studio.ts";

const studio = new Studio();
const folder = mkdtempSync(path.join(tmpdir(), "tokenloom-import-"));
let visitor: Visitor;

const lines = (shop: string, count: number) =>
  Array.from({ length: count }, (_, row) => `Where is shelf ${row} of ${shop}?;On floor ${row % 4};${shop}`);

beforeAll(async () => {
  mkdirSync(path.join(folder, "shops"));
  const head = "frage;antwort;shop";
  writeFileSync(
    path.join(folder, "shops", "north.csv"),
    [head, ...lines("north", 40), "only one", ""].join("\n"),
  );
  writeFileSync(path.join(folder, "shops", "south.csv"), [head, ...lines("south", 30), ""].join("\n"));
  writeFileSync(
    path.join(folder, "notes.json"),
    JSON.stringify({ version: 1, items: lines("east", 25).map((text) => ({ text })) }),
  );
  await studio.start();
  visitor = await visit(studio);
});
afterAll(async () => {
  await visitor?.browser.close();
  await studio.end();
  rmSync(folder, { recursive: true, force: true });
});

const sheet = () => visitor.page.getByRole("dialog", { name: "Import data" });

async function found(name: string): Promise<Record<string, unknown>> {
  return visitor.page.evaluate(async (id) => (await fetch(`/api/datasets/${id}`)).json(), name);
}

/** What the server says of the recipe on the page: its rows, and what speaks against its data. */
async function judged(dataset: string): Promise<{ rows: number; verdict: string }> {
  return visitor.page.evaluate(async (name) => {
    const preset = await (await fetch("/api/recipes/cpu%2Ftiny-pretrain")).json();
    const spec = { ...preset.spec, data: { ...preset.spec.data, dataset: name } };
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/api/estimate", { method: "POST", headers, body: JSON.stringify(spec) });
    const { rows, data } = await answer.json();
    return { rows, verdict: data.verdict };
  }, dataset);
}

/** Presses Tab until `target` has the focus. A list that opens under a field hides it until the next Tab. */
async function tabTo(target: Locator, key = "Tab", most = 120): Promise<void> {
  await target.waitFor();
  for (let step = 0; step < most; step += 1) {
    if (await target.evaluateAll((found) => found.some((each) => each === document.activeElement))) return;
    await visitor.page.keyboard.press(key);
  }
  throw new Error(`no Tab leads to ${target}`);
}

/** From the page Data by keyboard alone to the first rows of a file on the server. */
async function lookInto(file: string): Promise<void> {
  const { page } = visitor;
  await page.goto(`${studio.address}/data`);
  await page.getByRole("heading", { level: 1, name: "Data" }).waitFor();
  await page.keyboard.press("i");
  await sheet().waitFor();
  await sheet().getByRole("radio", { name: "Files" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await sheet().getByRole("textbox", { name: "Path on the server" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type(file);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Look into it");
  await page.keyboard.press("Enter");
}

test("by mouse: several files become one dataset, its columns dragged to their fields", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/data?import=open`);
  await page
    .getByTestId("files")
    .setInputFiles([path.join(folder, "shops", "north.csv"), path.join(folder, "shops", "south.csv")]);
  await sheet()
    .getByText(/^2 files, .* sent$/)
    .waitFor();
  await sheet().getByText("CSV: its lines are fields between semicolons.").waitFor();
  await sheet()
    .getByText(/Nothing fits by itself/)
    .waitFor();
  expect(await sheet().getByRole("button", { name: "Import", exact: true }).isEnabled()).toBe(true);
  await sheet().getByRole("button", { name: /Shape/ }).click();
  await page.getByRole("option", { name: /Prompt/ }).click();
  const chip = (name: string) => sheet().getByRole("listitem").filter({ hasText: name });
  await chip("frage").dragTo(sheet().getByRole("group", { name: "Prompt", exact: true }));
  await chip("antwort").dragTo(sheet().getByRole("group", { name: "Completion", exact: true }));
  await sheet().getByRole("heading", { name: "Row 1 as it is understood" }).waitFor();
  await sheet().getByText("On floor 0").first().waitFor();
  await sheet().getByText("1 of the first 71 rows would be set aside").waitFor();
  const name = sheet().getByRole("textbox", { name: "Name of the dataset" });
  await name.fill("shops");
  await sheet().getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "shops" }).waitFor({ timeout: 120_000 });
  expect(await found("shops")).toMatchObject({ rows: 70, quarantined: 1, shape: "prompt" });
  expect(((await found("shops")) as { columns: string[] }).columns).toContain("file");
});

test("by mouse: the doctor's verdict leads to a recipe, which asks for a tokenizer and then starts", async () => {
  const { page } = visitor;
  await page.getByRole("link", { name: "Health", exact: true }).click();
  await page.getByText(/^Ready/).waitFor();
  await page.getByRole("link", { name: "Train on this" }).click();
  await page.getByRole("heading", { level: 1, name: "tiny pretrain" }).waitFor();
  const start = page.getByRole("button", { name: "Start training" });
  await page.getByText("A new model needs a tokenizer").waitFor();
  expect(await start.isEnabled()).toBe(false);
  expect(await judged("shops@1")).toMatchObject({ verdict: "not_ready" });
  await page.getByRole("link", { name: "Train a tokenizer" }).click();
  await page.getByRole("button", { name: "Train the tokenizer" }).click();
  await page.getByRole("link", { name: "Train on shops@1" }).click({ timeout: 120_000 });
  await page.getByRole("heading", { level: 1, name: "tiny pretrain" }).waitFor();
  await page.getByRole("link", { name: "shops@1" }).first().waitFor();
  await page
    .getByRole("region", { name: "The data" })
    .getByText(/^The data is ready/)
    .waitFor();
  expect((await judged("shops@1")).verdict).not.toBe("not_ready");
  await start.click();
  await page.waitForURL(/\/runs\/\w+$/);
  await page.getByText("Training", { exact: true }).first().waitFor({ timeout: 120_000 });
});

test("by keyboard alone: the columns of a file that nothing is known of are given their fields", async () => {
  const { page } = visitor;
  await lookInto(path.join(folder, "shops", "south.csv"));
  await sheet()
    .getByText(/Nothing fits by itself/)
    .waitFor();
  const choose = async (list: Locator, option: string) => {
    await tabTo(list);
    await page.keyboard.press("Enter");
    await page.getByRole("listbox").waitFor();
    await page.keyboard.type(option);
    await page.keyboard.press("Enter");
    await page.getByRole("listbox").waitFor({ state: "hidden" });
  };
  await choose(sheet().getByRole("button", { name: /Shape/ }), "Prompt");
  const field = (name: string) => sheet().getByRole("group", { name, exact: true }).getByRole("button");
  await choose(field("Prompt"), "frage");
  await choose(field("Completion"), "antwort");
  await sheet().getByRole("heading", { name: "Row 1 as it is understood" }).waitFor();
  await tabTo(sheet().getByRole("button", { name: "Import", exact: true }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "south" }).waitFor({ timeout: 120_000 });
  expect(await found("south")).toMatchObject({ rows: 30, quarantined: 0, shape: "prompt" });
});

test("by keyboard alone: a tokenizer learns from it, with a special token, and cuts a text", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/data?tab=tokenizers`);
  const name = page.getByRole("textbox", { name: "Name of the tokenizer" });
  await name.waitFor();
  await tabTo(name);
  await page.keyboard.type("shop-words");
  await page.keyboard.press("Tab");
  await page.keyboard.type("south");
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "More settings" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("<|shop|>");
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "Train the tokenizer" }));
  await page.keyboard.press("Enter");
  await page.getByText("the text gives no more", { exact: false }).waitFor({ timeout: 120_000 });
  const text = page.getByRole("textbox", { name: "Text", exact: true });
  await tabTo(text, "Shift+Tab");
  await page.keyboard.type("On floor 0");
  await page.getByText("10 characters").waitFor();
  const answer = await page.evaluate(async () => (await fetch("api/tokenizers/shop-words")).json());
  expect(answer.special_tokens ?? answer.meta.special_tokens).toContain("<|shop|>");
});

test("by mouse: cleaning makes a version, whose split is looked at before it is made", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/data/south@1?tab=clean`);
  await page.getByRole("button", { name: "Add a step" }).click();
  await page.getByRole("menuitem", { name: /^Length/ }).click();
  await page.getByText(/rows are touched/).waitFor();
  await page.getByRole("button", { name: "Make south version 2" }).click();
  await page
    .getByRole("link", { name: /south@2/ })
    .first()
    .click({ timeout: 120_000 });
  await page.getByRole("link", { name: "Split", exact: true }).click();
  await page.getByText(/train/).first().waitFor();
  expect(await found("south@2")).toMatchObject({ version: 2, shape: "prompt" });
});

test("by keyboard alone: a path is looked into, its format seen, and imported", async () => {
  const { page } = visitor;
  await lookInto(path.join(folder, "notes.json"));
  await sheet()
    .getByText(/its content is JSON; its rows stand in the list under “items”\./)
    .waitFor();
  await sheet()
    .getByText(/Found by itself: the column “text” is named like a text/)
    .waitFor();
  const start = sheet().getByRole("button", { name: "Import", exact: true });
  await tabTo(start);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "notes" }).waitFor({ timeout: 120_000 });
  expect(await found("notes")).toMatchObject({ rows: 25, quarantined: 0, shape: "text" });
});

test("by keyboard alone: from its health to a recipe that can start", async () => {
  const { page } = visitor;
  await tabTo(page.getByRole("link", { name: "Health", exact: true }));
  await page.keyboard.press("Enter");
  await page.getByText(/^Ready/).waitFor();
  await tabTo(page.getByRole("link", { name: "Train on this" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "tiny pretrain" }).waitFor();
  await page.getByRole("link", { name: "notes@1" }).first().waitFor();
  await page
    .getByRole("region", { name: "The data" })
    .getByText(/^The data is ready/)
    .waitFor();
  expect(await judged("notes@1")).toMatchObject({ verdict: expect.stringMatching(/^(ready|warnings)$/) });
  const start = page.getByRole("button", { name: "Start training" });
  expect(await start.isEnabled()).toBe(true);
  await tabTo(start, "Tab", 400);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/runs\/\w+$/);
  await page.getByRole("heading", { level: 1, name: "tiny pretrain" }).waitFor();
});

test("nothing went wrong in the page", () => {
  expect(visitor.complaints).toEqual([]);
});
