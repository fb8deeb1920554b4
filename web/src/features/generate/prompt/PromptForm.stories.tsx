import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeModel } from "../../../testing/run.ts";
import { PromptForm } from "./PromptForm.tsx";

const meta = preview.meta({
  title: "Features/Generate/PromptForm",
  component: PromptForm,
  args: {
    models: [fakeModel(), fakeModel({ reference: "b@400", name: "loom-base", step: 400 })],
    isLoading: false,
    model: "1m8linen07@800",
    other: "",
    draft: { prompt: "Where is my parcel?", raw: false },
    why: "",
    isBusy: false,
    onModels: fn(),
    onDraft: fn(),
    onWrite: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("textbox", { name: "Message" }));
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await expect(args.onWrite).toHaveBeenCalledTimes(1);
    await userEvent.click(canvas.getByRole("button", { name: "Compare with" }));
    await expect(args.onModels).toHaveBeenCalledWith({ other: "b@400", model: "1m8linen07@800" });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <PromptForm {...args} models={[]} model="" why="Choose a model." />
      <PromptForm {...args} other="b@400" draft={{ prompt: "Once upon", raw: true }} />
      <PromptForm {...args} isBusy />
    </div>
  ),
});

/** A run without a step is told by its name too. */
export const RunOfNoStep = meta.story({
  args: { model: "1m8linen07" },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("combobox", { name: "Model" })).toHaveValue("linen-07");
  },
});
