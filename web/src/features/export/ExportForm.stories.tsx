import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { fakeModel } from "../../testing/run.ts";
import { ExportForm } from "./ExportForm.tsx";

const meta = preview.meta({
  title: "Features/Export/ExportForm",
  component: ExportForm,
  args: {
    models: [fakeModel()],
    isLoading: false,
    model: "1m8linen07@800",
    onModel: fn(),
    onStart: fn(async (): Promise<void> => undefined),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("switch"));
    await userEvent.click(canvas.getByRole("button", { name: "Export and verify" }));
    await expect(args.onStart).toHaveBeenCalledWith({
      model: { kind: "pretrained", source: "1m8linen07@800" },
      format: "hf",
      merge_adapter: false,
      max_logit_difference: 0.001,
    });
  },
});

export const States = meta.story({
  args: {
    onStart: fn(async (): Promise<void> => {
      throw new Error("The server did not answer.");
    }),
  },
  render: (args) => (
    <div className="grid gap-4">
      <ExportForm {...args} />
      <ExportForm {...args} model="" models={[]} isLoading />
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getAllByRole("button", { name: "Export and verify" })[0] as HTMLElement);
    await expect(await canvas.findByText(/The server did not answer/)).toBeVisible();
  },
});
