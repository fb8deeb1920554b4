// Lists of every kind of item, from the real schema: texts, groups of settings, and items of several kinds.
import { expect, screen, waitFor, within } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { Values } from "../model/schema.ts";
import { SchemaForm } from "./SchemaForm.tsx";
import { argsOf, argTypes, KeptForm, last } from "./storyForm.tsx";

const meta = preview.meta({
  title: "Forms/Lists",
  component: SchemaForm,
  args: argsOf("RefineSpec"),
  argTypes,
  render: (args) => <KeptForm {...args} />,
});

const kinds = () => (last().steps as Values[]).map(({ kind }) => kind);
const steps = [{ kind: "html" }, { kind: "length", min_characters: 20 }, { kind: "duplicates" }];

export const Playground = meta.story({
  args: { value: { task: "refine", dataset: "faq@1", steps } },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Move Steps 2 up" }));
    await expect(kinds()).toEqual(["length", "html", "duplicates"]);
    await expect(canvas.getByRole("button", { name: "Move Steps 1 down" })).toHaveFocus();
    await expect(canvas.getByText("Moved to place 1 of 3.")).toBeInTheDocument();

    const list = within(canvas.getByRole("group", { name: "Steps" }));
    const least = list.getByRole("textbox", { name: "Min characters" });
    await userEvent.clear(least);
    await userEvent.type(least, "40");
    await expect(last().steps).toContainEqual({ kind: "length", min_characters: 40 });
    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await expect(kinds()).toEqual(["html", "length", "duplicates"]);

    await userEvent.click(canvas.getByRole("button", { name: "Add to Steps" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /^Personal data/ }));
    await expect(kinds()).toEqual(["html", "length", "duplicates", "redact"]);
    await userEvent.click(list.getByRole("checkbox", { name: "Iban" }));
    await expect((last().steps as Values[])[3]?.what).not.toContain("iban");

    await userEvent.click(canvas.getByRole("button", { name: "Remove Steps 4" }));
    await expect(kinds()).toEqual(["html", "length", "duplicates"]);
    await expect(canvas.getByRole("button", { name: "Remove Steps 3" })).toHaveFocus();
    await userEvent.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(canvas.getByRole("button", { name: "Remove Steps 4" })).toBeVisible());

    await userEvent.click(canvas.getByRole("button", { name: /HTML.*Steps 1|Steps 1.*HTML/ }));
    await userEvent.click(await screen.findByRole("option", { name: /^Leakage/ }));
    await expect(kinds()[0]).toBe("leakage");
  },
});

const openRest = /^Name and seed/;

/** A list of texts: nothing there yet, one added by the keyboard alone, and typing is one step to undo. */
export const Texts = meta.story({
  args: { definition: "EvaluationSchedule", value: {} },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: openRest }));
    const list = within(canvas.getByRole("group", { name: "Sample prompts" }));
    await expect(list.getByText("None yet.")).toBeVisible();
    list.getByRole("button", { name: "Add to Sample prompts" }).focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(list.getByRole("textbox", { name: "Sample prompts 1" })).toHaveFocus());
    await userEvent.keyboard("Once, upon");
    await expect(last().sample_prompts).toEqual(["Once, upon"]);
    await userEvent.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(list.getByRole("textbox", { name: "Sample prompts 1" })).toHaveValue(""));
    await userEvent.click(list.getByRole("button", { name: "Remove Sample prompts 1" }));
    await expect(last()).toEqual({});
    await expect(list.getByRole("button", { name: "Add to Sample prompts" })).toHaveFocus();
  },
});

/** Groups of settings, with the names that exist here for those that name something. */
export const Groups = meta.story({
  args: {
    definition: "DataSpec",
    value: { dataset: "faq", mix: [{ dataset: "stories", share: 0.2 }] },
    suggestions: {
      dataset: [{ id: "faq", label: "faq" }],
      "mix.dataset": [
        { id: "stories", label: "stories" },
        { id: "letters", label: "letters" },
      ],
    },
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: openRest }));
    const first = within(canvas.getByRole("group", { name: "Mix 1" }));
    const share = first.getByRole("textbox", { name: "Share" });
    await userEvent.clear(share);
    await userEvent.type(share, "0.3");
    await expect(last().mix).toEqual([{ dataset: "stories", share: 0.3 }]);
    await userEvent.click(canvas.getByRole("button", { name: "Add to Mix" }));
    await expect(last().mix).toEqual([{ dataset: "stories", share: 0.3 }, {}]);
  },
});

/** Problems of the server stand at the item, and at the setting in it. */
export const Errors = meta.story({
  args: {
    value: {
      task: "refine",
      dataset: "faq@1",
      steps: [
        { kind: "length", min_characters: 9, max_characters: 3 },
        { kind: "quality", threshold: 7 },
      ],
    },
    errors: [
      {
        field: "steps.0",
        message: "min_characters 9 is more than max_characters 3",
        fix: "Set max_characters to at least 9.",
      },
      {
        field: "steps.1.threshold",
        message: "input should be less than or equal to 1, not 7",
        fix: "Set steps.1.threshold to at most 1.",
      },
    ],
  },
  play: async ({ canvas, userEvent }) => {
    const first = within(canvas.getByRole("group", { name: "Steps 1" }));
    await expect(first.getByText(/Min_characters 9 is more than max_characters 3\./)).toBeVisible();
    await userEvent.click(first.getByRole("button", { name: "Use 9" }));
    await expect((last().steps as Values[])[0]?.max_characters).toBe(9);
    const second = within(canvas.getByRole("group", { name: "Steps 2" }));
    await expect(second.getByRole("textbox", { name: "Threshold" })).toBeInvalid();
    await userEvent.click(second.getByRole("button", { name: "Use 1" }));
    await expect((last().steps as Values[])[1]?.threshold).toBe(1);
  },
});

const many = Array.from({ length: 20 }, (_, number) => `column~${number}`);

/** As many as there can be. */
export const Full = meta.story({
  args: { definition: "DatasetSource", value: { dataset: "faq", filter: many } },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(
      canvas.getByRole("button", { name: /filter column~0, column~1, column~2 and 17 more/ }),
    );
    await expect(canvas.getByRole("button", { name: "Add to Filter" })).toBeDisabled();
    await expect(canvas.getByText("20 is the most there can be.")).toBeVisible();
    await expect(canvas.getByRole("textbox", { name: "Filter 20" })).toHaveValue("column~19");
  },
});
