import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { ApiError } from "../../../data/client.ts";
import { FAKE_SCHEMA, problem } from "../../../testing/data.ts";
import { metricKinds } from "../facts/metrics.ts";
import { readForm } from "./form.ts";
import { StartEvaluation } from "./StartEvaluation.tsx";

const form = readForm({ model: "run-after@60", dataset: "faq@1", split: "test" });

const meta = preview.meta({
  title: "Features/Evaluate/StartEvaluation",
  component: StartEvaluation,
  args: {
    form,
    onChange: fn(),
    models: [{ id: "run-after@60", label: "faq answers", description: "step 60" }],
    datasets: [{ id: "faq@1", label: "faq@1", description: "122 rows" }],
    splits: { train: 101, test: 8 },
    metrics: metricKinds(FAKE_SCHEMA),
    isText: false,
    onStart: fn(async () => undefined),
  },
  render: function Render(args) {
    const [value, setValue] = useState(args.form);
    return (
      <StartEvaluation
        {...args}
        form={value}
        onChange={(next) => {
          setValue(next);
          args.onChange(next);
        }}
      />
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("checkbox", { name: "FLOWROLL execution" }));
    await expect(args.onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ metrics: ["language", "exact_match", "rouge_l", "flowroll_execution"] }),
    );
    await userEvent.type(canvas.getByRole("textbox", { name: "Most rows" }), "50");
    await expect(args.onChange).toHaveBeenLastCalledWith(expect.objectContaining({ rows: 50 }));
    await userEvent.click(canvas.getByRole("button", { name: "Evaluate" }));
    await expect(args.onStart).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-8 max-sm:grid-cols-1">
      <StartEvaluation {...args} form={{ ...form, model: "" }} />
      <StartEvaluation {...args} isText />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("It waits for a model.")).toBeVisible();
    await expect(canvas.getAllByText("Plain text has no answers to judge.").length).toBeGreaterThan(1);
  },
});

export const Refused = meta.story({
  args: {
    onStart: fn(async () => {
      throw new ApiError(problem(404, "There is no model “gone”.", "Choose one of the list."));
    }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Evaluate" }));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no model “gone”.");
  },
});
