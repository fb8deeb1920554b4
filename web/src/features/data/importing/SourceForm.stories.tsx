import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { ApiError } from "../../../data/client.ts";
import { FAKE_SCHEMA, problem } from "../../../testing/data.ts";
import { kindsOf } from "../facts/schema.ts";
import { SourceForm } from "./SourceForm.tsx";

const meta = preview.meta({
  title: "Features/Data/SourceForm",
  component: SourceForm,
  args: {
    mappings: kindsOf(FAKE_SCHEMA, "ImportSpec", "mapping"),
    formats: kindsOf(FAKE_SCHEMA, "ImportSpec", "format"),
    taken: new Map<string, number>(),
    onStart: fn(async () => undefined),
  },
  beforeEach: () => localStorage.clear(),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("button", { name: "Import" })).toBeDisabled();
    await userEvent.type(
      canvas.getByRole("textbox", { name: "Path on the server" }),
      "/data/Shop Returns.jsonl",
    );
    await expect(canvas.getByRole("textbox", { name: "Name of the dataset" })).toHaveValue("shop-returns");
    await userEvent.click(canvas.getByRole("button", { name: "Import" }));
    await expect(args.onStart).toHaveBeenCalledWith(
      "/data/Shop Returns.jsonl",
      expect.objectContaining({ dataset: "shop-returns" }),
      { path: "/data/Shop Returns.jsonl" },
    );
  },
});

export const Generator = meta.story({
  args: { source: kindsOf(FAKE_SCHEMA, "ImportSpec", "source")[2] },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("by column split")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Import" }));
    await expect(args.onStart).toHaveBeenCalledWith(
      "flowroll",
      expect.objectContaining({ split: { kind: "column", column: "split" } }),
      { source: { kind: "flowroll", part: "all", tasks: 24000 } },
    );
  },
});

/** A source elsewhere waits for what it must know, and names the dataset after it. */
export const Address = meta.story({
  args: { source: kindsOf(FAKE_SCHEMA, "ImportSpec", "source")[1] },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("button", { name: "Import" })).toBeDisabled();
    await userEvent.type(
      canvas.getByRole("textbox", { name: "Address" }),
      "https://example.org/Shop Returns.jsonl?x=1",
    );
    await expect(canvas.getByRole("textbox", { name: "Name of the dataset" })).toHaveValue("shop-returns");
    await userEvent.click(canvas.getByRole("button", { name: "Import" }));
    await expect(args.onStart).toHaveBeenCalledWith(
      "url",
      expect.objectContaining({ dataset: "shop-returns" }),
      {
        source: expect.objectContaining({ kind: "url", url: "https://example.org/Shop Returns.jsonl?x=1" }),
      },
    );
  },
});

export const States = meta.story({
  args: {
    onStart: fn(async () => {
      throw new ApiError(problem(422, "There is no file /nowhere.", "Check the path on the server."));
    }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole("textbox", { name: "Path on the server" }), "/nowhere");
    await userEvent.click(canvas.getByRole("button", { name: "Import" }));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no file /nowhere.");
    await expect(canvas.getByRole("textbox", { name: "Path on the server" })).toHaveValue("/nowhere");
  },
});
