// From a drop to a dataset: by mouse with several files, and by keyboard alone with a path. What would be set aside is seen before.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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

test("by keyboard alone: a path is looked into, its format seen, and imported", async () => {
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
  await page.keyboard.type(path.join(folder, "notes.json"));
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Look into it");
  await page.keyboard.press("Enter");
  await sheet()
    .getByText(/its content is JSON; its rows stand in the list under “items”\./)
    .waitFor();
  await sheet()
    .getByText(/Found by itself: the column “text” is named like a text/)
    .waitFor();
  const start = sheet().getByRole("button", { name: "Import", exact: true });
  for (let step = 0; step < 60; step += 1) {
    if (await start.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "notes" }).waitFor({ timeout: 120_000 });
  expect(await found("notes")).toMatchObject({ rows: 25, quarantined: 0, shape: "text" });
});

test("nothing went wrong in the page", () => {
  expect(visitor.complaints).toEqual([]);
});
