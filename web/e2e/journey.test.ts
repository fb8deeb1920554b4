// The whole way by mouse, on an empty workspace: a model learns in the browser, is paused, steered, watched through a reload and a crash of the
// server, then measured, asked and exported.

import { afterAll, beforeAll, expect, test } from "vitest";
import { open, Studio, type Visitor, visit } from "./studio.ts";

const studio = new Studio();
let visitor: Visitor;
let run = "";

beforeAll(async () => {
  await studio.start();
  visitor = await visit(studio);
});
afterAll(async () => {
  await visitor?.browser.close();
  await studio.end();
});

const heading = (name: string | RegExp) => visitor.page.getByRole("heading", { level: 1, name }).waitFor();

test("one click starts a model, and its loss is seen within a minute", async () => {
  const { page } = visitor;
  await heading("Make your first model");
  const clicked = Date.now();
  await page.getByRole("button", { name: /First model/ }).click();
  await page.waitForURL(/\/runs\/\w+$/);
  run = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await page.getByRole("slider", { name: /^Loss/ }).first().waitFor({ timeout: 60_000 });
  expect((Date.now() - clicked) / 1000).toBeLessThan(60);
});

test("it is paused, answers a prompt and goes on, and each command is acknowledged", async () => {
  const { page } = visitor;
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).first().waitFor();
  const asked = page.getByRole("region", { name: "Ask the model" });
  await asked.getByRole("textbox", { name: "Prompt" }).fill("A cat");
  await asked.getByRole("button", { name: "Ask" }).click();
  await asked.getByRole("list").getByText("A cat").first().waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Training", { exact: true }).first().waitFor();
  const journal = page.getByRole("region", { name: "Journal" });
  await journal.getByText(/pause/i).first().waitFor();
});

test("the learning rate is changed while it trains, and the change is a mark", async () => {
  const { page } = visitor;
  await page.getByRole("button", { name: "Change a setting" }).click();
  const value = page.getByRole("textbox", { name: /New value|Learning rate/ }).first();
  await value.fill("0.001");
  await page.getByRole("button", { name: "Change it" }).click();
  await page
    .getByRole("region", { name: "Journal" })
    .getByText(/learning rate/i)
    .first()
    .waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByRole("button", { name: /live change|Learning rate/i })
    .first()
    .waitFor();
});

test("a reload and a second tab show the same run", async () => {
  const { page, context, complaints } = visitor;
  await page.reload();
  await heading("first model");
  const second = await open(context, complaints);
  await second.goto(`${studio.address}/runs/${run}`);
  await second.getByRole("heading", { level: 1, name: "first model" }).waitFor();
  await second.getByRole("slider", { name: /^Loss/ }).first().waitFor();
  await second.close();
});

test("the server dies and comes back: no point is lost or doubled", async () => {
  const { page } = visitor;
  await studio.kill();
  await page.getByText(/Connection lost/).waitFor({ timeout: 90_000 });
  await studio.start();
  await page.getByText(/Connection lost/).waitFor({ state: "hidden", timeout: 90_000 });
  await page.getByText("Finished", { exact: true }).first().waitFor({ timeout: 360_000 });
  const steps = await page.evaluate(async (id) => {
    const answer = await fetch(`api/series?format=json&runs=${id}&keys=train/loss&px=4000`);
    return (await answer.json()).curves[0].x as number[];
  }, run);
  expect(steps).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
  await page
    .getByText(/^Loss of first model over 400 steps/)
    .first()
    .waitFor({ state: "attached" });
});

test("a finished run that stays open asks for nothing", async () => {
  const { page } = visitor;
  await page.reload();
  await page.getByRole("slider", { name: /^Loss/ }).first().waitFor();
  await page.waitForTimeout(3000);
  const asked: string[] = [];
  const note = (request: { url(): string }) => asked.push(request.url());
  page.on("request", note);
  await page.waitForTimeout(6000);
  page.off("request", note);
  expect(asked).toEqual([]);
});

test("the model writes, word by word", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/generate?model=${run}`);
  await heading("Generate");
  await page
    .getByRole("textbox", { name: /Prompt|Message|Text/i })
    .first()
    .fill("# Begin with the numbers 4 5.");
  await page.keyboard.press("Control+Enter");
  await page
    .getByText(/tok\/s|tokens a second|tokens per second/i)
    .first()
    .waitFor({ timeout: 90_000 });
});

test("it is measured on rows that it never saw", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/evaluate?model=${run}`);
  await heading(/Evaluat/);
  await page.getByRole("button", { name: /Dataset/ }).click();
  await page.getByRole("option", { name: /flowroll-text/ }).click();
  await page.getByRole("button", { name: /Part/ }).click();
  await page.getByRole("option", { name: /validation/ }).click();
  await page.getByRole("button", { name: "Evaluate", exact: true }).click();
  await page.waitForURL(/\/evaluate\/\w+/, { timeout: 90_000 });
  await page
    .getByText(/perplexity/i)
    .first()
    .waitFor({ timeout: 90_000 });
});

test("it is exported, and the seal says that it is the same model", async () => {
  const { page } = visitor;
  await page.goto(`${studio.address}/export?model=${run}`);
  await heading(/Export/);
  await page.getByRole("button", { name: "Export and verify" }).click();
  await page.waitForURL(/\/export\/\w+/, { timeout: 90_000 });
  await page.getByText("Parity seal").first().waitFor({ timeout: 240_000 });
  await page
    .getByRole("link", { name: /model\.safetensors/ })
    .first()
    .waitFor({ timeout: 60_000 });
});

test("nothing went wrong in the page, and nothing left this machine", () => {
  expect(visitor.complaints).toEqual([]);
});
