import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { SamplingForm } from "./SamplingForm.tsx";
import { DEFAULTS } from "./settings.ts";

const meta = preview.meta({
  title: "Features/Generate/SamplingForm",
  component: SamplingForm,
  args: { settings: DEFAULTS, onChange: fn() },
  render: (args) => (
    <div className="w-80">
      <SamplingForm {...args} />
    </div>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("radio", { name: "Beam" }));
    await expect(args.onChange).toHaveBeenCalledWith({ kind: "beam" });
    const field = canvas.getByRole("textbox", { name: "Temperature" });
    await userEvent.clear(field);
    await userEvent.type(field, "1");
    await expect(args.onChange).toHaveBeenLastCalledWith({ temperature: 1 });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid w-80 gap-8">
      <SamplingForm {...args} settings={{ ...DEFAULTS, kind: "greedy" }} />
      <SamplingForm {...args} settings={{ ...DEFAULTS, kind: "beam" }} />
      <SamplingForm {...args} settings={{ ...DEFAULTS, temperature: 9, top_k: 40 }} />
    </div>
  ),
});
