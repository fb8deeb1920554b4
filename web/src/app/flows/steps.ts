// The stages of the whole way as a person does them, by words on the screen; each leaves the workspace one step further.

import { expect, screen, waitFor, within } from "storybook/test";
import questions from "../../../../examples/faq/questions.csv?url";

export interface Hands {
  click(element: Element): Promise<void>;
  upload(element: HTMLElement, file: File): Promise<void>;
  type(element: Element, text: string): Promise<void>;
}

/** Whose hands, and the name of what they make: every story makes things of its own. */
export interface Walk {
  hands: Hands;
  name: string;
}

export type Step = (walk: Walk) => Promise<void>;

/** For what a page shows by itself. */
const SOON = { timeout: 40_000, interval: 100 };
/** For work that the server does: a training, an evaluation, an export. */
const WORK = { timeout: 240_000, interval: 250 };

const main = () => within(document.querySelector("main") ?? document.body);
const title = () => document.querySelector("main h1")?.textContent ?? "";

export async function arrive(name: string | RegExp, patience = SOON): Promise<void> {
  await waitFor(() => expect(title()).toMatch(name), patience);
}

/** To a page by its entry in the navigation. */
async function go({ hands }: Walk, group: string, place: string): Promise<void> {
  const navigation = within(await screen.findByRole("navigation", { name: group }, SOON));
  await hands.click(navigation.getByRole("link", { name: new RegExp(`^${place}`) }));
  await arrive(place);
}

async function press({ hands }: Walk, name: string): Promise<void> {
  const button = await waitFor(() => {
    const found = screen.getByRole("button", { name });
    expect(found).toBeEnabled();
    return found;
  }, SOON);
  await hands.click(button);
}

async function follow({ hands }: Walk, name: string | RegExp): Promise<void> {
  await hands.click(await main().findByRole("link", { name }, SOON));
}

/** Waits for the run on the page to end, and wants it to have ended well. */
async function finished(): Promise<void> {
  const header = () => document.querySelector("main header")?.textContent ?? "";
  await waitFor(() => expect(header()).toMatch(/Finished|Failed|Stopped|Interrupted/), WORK);
  expect(header()).toContain("Finished");
}

/** A real file as it came: semicolons, the encoding of an old spreadsheet. Alone on its way, it opens when it is there. */
export const upload: Step = async (walk) => {
  const bytes = await (await fetch(questions)).arrayBuffer();
  await go(walk, "Work", "Data");
  await press(walk, "Import data");
  const sheet = await screen.findByRole("dialog", { name: "Import data" }, SOON);
  const field = sheet.querySelector<HTMLInputElement>("input[type=file]");
  if (!field) throw new Error("there is no field for files");
  await walk.hands.upload(field, new File([bytes], `${walk.name}.csv`, { type: "text/csv" }));
  await press(walk, "Import");
  await waitFor(() => expect(title()).toBe(walk.name), WORK);
};

/** What the model will see: no row is lost without a word, and a row stands there as it is read. */
export const look: Step = async () => {
  await expect(await main().findByText(/The numbers add up/, undefined, SOON)).toBeVisible();
  await expect(await main().findByText(/ as the model reads it$/, undefined, SOON)).toBeVisible();
};

export const trainTokenizer: Step = async (walk) => {
  await go(walk, "Work", "Data");
  await follow(walk, "Tokenizers");
  await walk.hands.type(
    await main().findByRole("textbox", { name: "Name of the tokenizer" }, SOON),
    walk.name,
  );
  await press(walk, `Add ${walk.name}`);
  await press(walk, "Train the tokenizer");
  const list = within(await main().findByRole("grid", { name: "Tokenizers" }, WORK));
  await expect(await list.findByText(walk.name, undefined, WORK)).toBeVisible();
};

/** The smallest recipe with the new data in its place, at a quarter of its length. */
export const configure: Step = async (walk) => {
  await go(walk, "Work", "Recipes");
  await walk.hands.click(await main().findByRole("link", { name: /^minute-pretrain/ }, SOON));
  await arrive("minute pretrain");
  await expect(await main().findByRole("link", { name: walk.name }, SOON)).toBeVisible();
  await walk.hands.click(await main().findByRole("radio", { name: /^Fast/ }, SOON));
  await expect(await main().findByText(/150 steps/, undefined, SOON)).toBeVisible();
};

export const train: Step = async (walk) => {
  await press(walk, "Start training");
  await expect(await main().findByRole("slider", { name: /^Loss/ }, WORK)).toBeVisible();
  await finished();
};

export const evaluate: Step = async (walk) => {
  await follow(walk, "Evaluate");
  await arrive("Evaluate");
  await press(walk, "Evaluate");
  await arrive(new RegExp(`^minute pretrain.* on ${walk.name}@1$`), WORK);
  await finished();
  const metrics = within(await main().findByRole("region", { name: "Metrics" }, SOON));
  for (const name of ["Perplexity", "Exact match"]) await expect(metrics.getByText(name)).toBeVisible();
};

/** The files are written, opened by another library, and compared. */
export const exportModel: Step = async (walk) => {
  await follow(walk, /^minute pretrain/);
  await follow(walk, "Export");
  await arrive("Export");
  await press(walk, "Export and verify");
  await expect(await main().findByText("Sealed: it is the same model", undefined, WORK)).toBeVisible();
  await expect(await main().findByRole("link", { name: /model\.safetensors/ }, SOON)).toBeVisible();
};
