// The stages of the whole way as a person does them, by words on the screen; each leaves the workspace one step further.

import { expect, screen, waitFor, within } from "storybook/test";
import questions from "../../../../examples/faq/questions.csv?raw";

export interface Hands {
  click(element: Element): Promise<void>;
  upload(element: HTMLElement, file: File): Promise<void>;
  clear(element: Element): Promise<void>;
  type(element: Element, text: string): Promise<void>;
}

const PATIENCE = { timeout: 150_000, interval: 200 };
/** Every session of the workshop makes things of its own. */
export const NAME = `faq-${Date.now().toString(36)}`;

const main = () => within(document.querySelector("main") ?? document.body);

export async function arrive(title: RegExp): Promise<void> {
  await waitFor(() => expect(document.querySelector("main h1")?.textContent ?? "").toMatch(title), PATIENCE);
}

/** To a page by its link in the navigation. */
export async function go(hands: Hands, place: string, title: RegExp): Promise<void> {
  const link = await screen.findByRole("link", { name: new RegExp(`^${place}`) }, PATIENCE);
  await hands.click(link);
  await arrive(title);
}

async function press(hands: Hands, name: string | RegExp): Promise<void> {
  const button = await screen.findByRole("button", { name }, PATIENCE);
  await waitFor(() => expect(button).toBeEnabled(), PATIENCE);
  await hands.click(button);
}

export async function upload(hands: Hands): Promise<void> {
  await go(hands, "Data", /^Data/);
  await press(hands, "Import data");
  const field = await waitFor(() => {
    const found = document.querySelector<HTMLInputElement>("[role=dialog] input[type=file]");
    if (!found) throw new Error("the file field is not there yet");
    return found;
  }, PATIENCE);
  await hands.upload(field, new File([questions], `${NAME}.csv`, { type: "text/csv" }));
  await press(hands, /^Import( |$)/);
  await waitFor(() => expect(document.body.textContent).toMatch(/122 rows|Version 1/), PATIENCE);
}

/** What the model will see: the numbers of the ledger add up, and rows stand there. */
export async function look(hands: Hands): Promise<void> {
  const close = screen.queryByRole("button", { name: "Close" });
  if (close) await hands.click(close);
  await go(hands, "Data", /^Data/);
  await hands.click(await main().findByRole("link", { name: NAME }, PATIENCE));
  await arrive(new RegExp(NAME));
  await expect(await main().findByText(/The numbers add up/, undefined, PATIENCE)).toBeVisible();
}

export async function trainTokenizer(hands: Hands): Promise<void> {
  await go(hands, "Data", /^Data/);
  await hands.click(await main().findByRole("tab", { name: /Tokenizers/ }, PATIENCE));
  const field = await main().findByRole("textbox", { name: /Name/ }, PATIENCE);
  await hands.clear(field);
  await hands.type(field, NAME);
  const dataset = main().queryByRole("checkbox", { name: new RegExp(NAME) });
  if (dataset && dataset.getAttribute("aria-checked") !== "true" && !(dataset as HTMLInputElement).checked) {
    await hands.click(dataset);
  }
  await press(hands, /^Train/);
  await waitFor(
    () => expect(document.querySelector("main")?.textContent).toMatch(new RegExp(`${NAME}.*\\d`)),
    PATIENCE,
  );
}

export async function configure(hands: Hands): Promise<void> {
  await go(hands, "Recipes", /^Recipes/);
  const preset = await main().findByRole(
    "link",
    { name: /minute.pretrain|minute-pretrain|smallest model/i },
    PATIENCE,
  );
  await hands.click(preset);
  await arrive(/minute pretrain/);
  const fast = await main().findByRole("radio", { name: /Fast/ }, PATIENCE);
  await hands.click(fast);
}

export async function train(hands: Hands): Promise<void> {
  await press(hands, "Start training");
  await waitFor(() => expect(document.querySelector("main")?.textContent).toContain("Finished"), PATIENCE);
}

export async function evaluate(hands: Hands): Promise<void> {
  await hands.click(await main().findByRole("link", { name: "Evaluate" }, PATIENCE));
  await arrive(/^Evaluate/);
  await press(hands, "Evaluate");
  await waitFor(() => expect(document.querySelector("main")?.textContent).toMatch(/Perplexity/i), PATIENCE);
  await waitFor(() => expect(document.querySelector("main")?.textContent).toMatch(/Exact match/i), PATIENCE);
}

export async function exportModel(hands: Hands): Promise<void> {
  await go(hands, "Export", /^Export/);
  await press(hands, "Export and verify");
  await expect(await main().findByText(/model\.safetensors/, undefined, PATIENCE)).toBeVisible();
}
