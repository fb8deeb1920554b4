// A large file on its way, cut off, the page gone: what was sent waits on the server, is seen, and goes on where it stopped.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Studio, type Visitor, visit } from "./studio.ts";

const studio = new Studio();
const folder = mkdtempSync(path.join(tmpdir(), "tokenloom-file-"));
const file = path.join(folder, "measurements.csv");
const ROWS = 60_000;
const MOST_SENT = 9_000_000;
let visitor: Visitor;

beforeAll(async () => {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const words = Array.from({ length: 22 }, (_, place) => ((row * 7919 + place * 104_729) % 999_983) + 17);
    return `"What is measured at place ${row}?","${words.join(" ")}"`;
  });
  writeFileSync(file, `Question,Answer\n${lines.join("\n")}\n`);
  await studio.start();
  visitor = await visit(studio);
});
afterAll(async () => {
  await visitor?.browser.close();
  await studio.end();
  rmSync(folder, { recursive: true, force: true });
});

const unfinished = () => visitor.page.getByRole("region", { name: "Unfinished uploads" });

/** Offsets of the pieces that arrive from now on. */
function watchPieces(): number[] {
  const offsets: number[] = [];
  visitor.page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  return offsets;
}

async function choose(): Promise<void> {
  const { page } = visitor;
  await page.goto(`${studio.address}/data?import=open`);
  await page.getByTestId("files").setInputFiles(file);
}

async function held(): Promise<{ name: string; offset: number; length: number; sha256: string }[]> {
  return visitor.page.evaluate(async () => (await (await fetch("/api/uploads")).json()).items);
}

test("the line is cut in the middle of a file", async () => {
  const { page } = visitor;
  await page.route("**/api/uploads/*", async (route) => {
    const request = route.request();
    const offset = Number(request.headers()["upload-offset"] ?? 0);
    if (request.method() === "PATCH" && offset > 0) await route.abort("connectionfailed");
    else await route.continue();
  });
  await choose();
  await page.getByText(/The line is cut at/).waitFor();
  const [upload] = await held();
  expect(upload?.offset).toBeGreaterThan(0);
  expect(upload?.offset).toBeLessThan(upload?.length ?? 0);
});

test("after a reload it is listed with what is here", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/data`);
  await page.unroute("**/api/uploads/*");
  await unfinished().getByRole("paragraph").filter({ hasText: "measurements.csv" }).waitFor();
  expect(await unfinished().textContent()).toMatch(/4\.2 MB of \d+\.\d MB are here/);
});

test("the same file goes on at its offset, and no row is missing", async () => {
  const { page } = visitor;
  const offsets = watchPieces();
  const [asked] = await Promise.all([
    page.waitForEvent("filechooser"),
    unfinished().getByRole("button", { name: "Continue measurements.csv" }).click(),
  ]);
  await asked.setFiles(file);
  const sheet = page.getByRole("dialog", { name: "Import data" });
  await sheet.getByText(/MB sent$/).waitFor();
  await sheet.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "measurements" }).waitFor({ timeout: 120_000 });
  expect(offsets[0]).toBeGreaterThan(0);
  expect(offsets.length).toBeGreaterThan(0);
  const dataset = await page.evaluate(async () => (await fetch("/api/datasets/measurements")).json());
  expect(dataset).toMatchObject({ rows: ROWS, quarantined: 0 });
  await page.goto(`${studio.address}/data`);
  await page.getByRole("link", { name: "measurements", exact: true }).waitFor();
  expect(await unfinished().count()).toBe(0);
});

test("one that was sent whole but not imported is offered again after a reload", async () => {
  const { page } = visitor;
  const short = path.join(folder, "short.csv");
  writeFileSync(short, "Question,Answer\nWhere is shelf 7?,By the door.\nWho has the key?,The office.\n");
  await page.goto(`${studio.address}/data?import=open`);
  await page.getByTestId("files").setInputFiles(short);
  await page.getByRole("dialog", { name: "Import data" }).getByText(/sent$/).waitFor();
  await page.goto(`${studio.address}/data`);
  await unfinished().getByRole("button", { name: "Import short.csv" }).click();
  const sheet = page.getByRole("dialog", { name: "Import data" });
  await sheet.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "short" }).waitFor({ timeout: 120_000 });
  await page.goto(`${studio.address}/data`);
  await page.getByRole("link", { name: "short", exact: true }).waitFor();
  expect(await unfinished().count()).toBe(0);
});

test("one that is not wanted any more is discarded on the server too", async () => {
  const { page } = visitor;
  writeFileSync(file, `Question,Answer\n${"again,and again\n".repeat(MOST_SENT / 15)}`);
  await page.route("**/api/uploads/*", async (route) => {
    if (route.request().method() === "PATCH") await route.abort("connectionfailed");
    else await route.continue();
  });
  await choose();
  await page.getByText(/The line is cut at/).waitFor();
  await page.goto(`${studio.address}/data`);
  await page.unroute("**/api/uploads/*");
  await unfinished().getByRole("button", { name: "Discard measurements.csv" }).click();
  await unfinished().waitFor({ state: "hidden" });
  expect((await held()).filter(({ sha256 }) => sha256 === "")).toEqual([]);
});

test("nothing went wrong in the page", () => {
  expect(visitor.complaints).toEqual([]);
});
