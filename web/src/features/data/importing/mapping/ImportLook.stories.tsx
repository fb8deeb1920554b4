import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { ApiError } from "../../../../data/client.ts";
import { FAKE_SCHEMA, problem } from "../../../../testing/data.ts";
import { FAKE_IMPORT_PREVIEW, fakePreviewRow } from "../../../../testing/importPreview.ts";
import { kindsOf } from "../../facts/schema.ts";
import { ImportLook } from "./ImportLook.tsx";

const auto = { kind: "auto" } as Record<string, unknown>;

const meta = preview.meta({
  title: "Features/Data/ImportLook",
  component: ImportLook,
  args: {
    preview: FAKE_IMPORT_PREVIEW,
    mappings: kindsOf(FAKE_SCHEMA, "ImportSpec", "mapping"),
    formats: kindsOf(FAKE_SCHEMA, "ImportSpec", "format"),
    mapping: auto,
    format: auto,
    types: {},
    onTypes: fn(),
    onMapping: fn(),
    onFormat: fn(),
    onRetry: fn(),
    tokens: {
      tokenizers: ["words@1"],
      tokenizer: "words@1",
      onTokenizer: fn(),
      template: "auto",
      onTemplate: fn(),
    },
  },
  render: function Render(args) {
    const [mapping, setMapping] = useState(args.mapping);
    return <ImportLook {...args} mapping={mapping} onMapping={(next) => setMapping(next)} />;
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("CSV: its lines are fields between semicolons.")).toBeVisible();
    await expect(canvas.getByText("2 of the first 127 rows would be set aside")).toBeVisible();
    await expect(canvas.getByText("it has 7 fields instead of 5", { exact: false })).toBeVisible();
    await expect(canvas.getByRole("group", { name: "What of the row is trained" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Next row" }));
    await expect(canvas.getByRole("heading", { name: "Row 2 as it is understood" })).toBeVisible();
  },
});

/** The type of a column is seen and can be chosen. */
export const TypeOfAColumn = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(
      canvas.getByRole("button", { name: /What the columns hold.*1 of 4 are more than text/ }),
    );
    canvas.getByRole("button", { name: /^Found by itself: Whole number.*No\./ }).focus();
    await userEvent.keyboard("{ArrowDown}");
    await userEvent.keyboard("Text{Enter}");
    await expect(args.onTypes).toHaveBeenLastCalledWith({ "No.": "text" });
  },
});

/** What was found can be set otherwise. */
export const OtherFormat = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /How the file is written/ }));
    await userEvent.click(canvas.getByRole("button", { name: /Header/ }));
    await userEvent.keyboard("No{Enter}");
    await expect(args.onFormat).toHaveBeenLastCalledWith(
      expect.objectContaining({ kind: "csv", header: false, delimiter: ";" }),
    );
  },
});

const message = (role: string, content: string) => ({ role, content });

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-10">
      <ImportLook {...args} preview={null} />
      <ImportLook
        {...args}
        preview={null}
        error={
          new ApiError(
            problem(422, "cat.csv is not text or a table: it is a PNG image.", "Save the data as CSV first."),
          )
        }
      />
      <ImportLook
        {...args}
        tokens={{ ...args.tokens, tokenizers: [], tokenizer: "" }}
        preview={{
          ...FAKE_IMPORT_PREVIEW,
          mapping: null,
          mapping_reason: "",
          problem: {
            message: "None of the columns “a”, “b” looks like a text.",
            hint: "Name them: --map text=COLUMN.",
          },
          columns: [
            { name: "a", holds: "numbers", type: "number", why: "" },
            { name: "b", holds: "numbers", type: "number", why: "" },
          ],
          rows: [],
          num_bad: 0,
          bad: [],
          num_files: 31,
          skipped: [{ name: "photo.png", reason: "It is a PNG image." }],
          notes: ["The header of x.csv (line 1) names the column “a” twice."],
        }}
      />
      <ImportLook
        {...args}
        preview={{
          ...FAKE_IMPORT_PREVIEW,
          num_bad: 0,
          bad: [],
          rows: [
            fakePreviewRow(1, {
              read: {
                messages: [message("user", "Which?"), message("assistant", "This one.")],
                rejected: [message("user", "Which?"), message("assistant", "No idea.")],
                label: "shelves",
                verdict: true,
              },
            }),
          ],
        }}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Looking into the file", {}, { timeout: 5000 })).toBeVisible();
    await expect(canvas.getAllByRole("alert")[0]).toHaveTextContent("it is a PNG image");
    await expect(canvas.getByText("31 files; 1 of those looked into are passed over")).toBeVisible();
    await expect(canvas.getByText("No idea.")).toBeVisible();
    await expect(canvas.getByText("None of the columns “a”, “b” looks like a text.")).toBeVisible();
    await expect(canvas.queryByText(/--map/)).toBeNull();
  },
});
