import { HttpResponse, http } from "msw";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { page, problem } from "../../../../testing/data.ts";
import { UnfinishedUploads } from "./UnfinishedUploads.tsx";

const CONTENT = "Question;Answer\nWhere is shelf 7?;By the door\n";
const begun = {
  id: "3f8k2m9q4t7w",
  name: "shop/questions.csv",
  length: CONTENT.length,
  offset: 16,
  created: 1_764_060_000,
  sha256: "",
  run: "",
};
const large = { ...begun, id: "large", name: "returns.jsonl", length: 1_400_000_000, offset: 510_000_000 };
const whole = { ...begun, id: "whole", name: "whole.csv", offset: CONTENT.length, sha256: "a".repeat(64) };
const imported = { ...whole, id: "imported", name: "imported.csv", run: "some-run" };
const refused = (detail: string, hint: string) =>
  HttpResponse.json(problem(500, detail, hint), {
    status: 500,
    headers: { "content-type": "application/problem+json" },
  });

const meta = preview.meta({
  title: "Features/Data/UnfinishedUploads",
  component: UnfinishedUploads,
  args: { onContinue: fn(), onImport: fn() },
  beforeEach: ({ msw }) => {
    let held = [begun, large, whole, imported];
    msw.use(
      http.get("*/api/uploads", () => HttpResponse.json(page(held))),
      http.delete("*/api/uploads/:id", ({ params }) => {
        held = held.filter(({ id }) => id !== params.id);
        return new HttpResponse(null, { status: 204 });
      }),
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByText(/510 MB of 1.4 GB are here/)).toBeVisible();
    await expect(canvas.queryByText("imported.csv")).toBeNull();
    const field = canvas.getByTestId(`continue-${begun.id}`);
    const file = new File([CONTENT], "questions.csv", { type: "text/csv" });
    await userEvent.upload(field, file);
    await expect(args.onContinue).toHaveBeenCalledWith(file, begun.id);
  },
});

/** A file that is whole needs no second choice: only its import is missing. */
export const WholeFile = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByText(/All 46 B are here and not imported yet/)).toBeVisible();
    await expect(canvas.queryByTestId(`continue-${whole.id}`)).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Import whole.csv" }));
    await expect(args.onImport).toHaveBeenCalledWith(expect.objectContaining({ id: whole.id }));
  },
});

/** Another file is not taken: its parts would not fit together. */
export const AnotherFile = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const field = await canvas.findByTestId(`continue-${begun.id}`);
    await userEvent.upload(field, new File([`${CONTENT} `], "questions.csv"));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("not the file that was begun");
    await userEvent.upload(field, new File([CONTENT], "other.csv"));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("other.csv has 46 B.");
    await expect(args.onContinue).not.toHaveBeenCalled();
  },
});

export const Discarded = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Discard returns.jsonl" }));
    await waitFor(() => expect(canvas.queryByRole("button", { name: "Discard returns.jsonl" })).toBeNull());
    await expect(canvas.getByRole("button", { name: "Continue shop/questions.csv" })).toBeVisible();
  },
});

export const NotDiscarded = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.delete("*/api/uploads/:id", () => refused("Another request writes this upload.", "Wait for it.")),
    ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Discard returns.jsonl" }));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Another request writes this upload.");
    await expect(canvas.getByRole("button", { name: "Continue returns.jsonl" })).toBeVisible();
  },
});

/** Nothing waits: nothing is shown. */
export const Empty = meta.story({
  beforeEach: ({ msw }) => msw.use(http.get("*/api/uploads", () => HttpResponse.json(page([imported])))),
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("heading")).toBeNull();
  },
});

export const Failed = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(http.get("*/api/uploads", () => refused("The workspace cannot be read.", "Check its folder."))),
  play: async ({ canvas }) => {
    const alert = await canvas.findByRole("alert");
    await expect(alert).toHaveTextContent("The workspace cannot be read.");
    await expect(canvas.getByRole("button", { name: /Try again/ })).toBeEnabled();
  },
});
