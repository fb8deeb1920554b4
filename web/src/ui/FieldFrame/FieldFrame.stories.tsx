import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { TextField } from "../TextField/TextField.tsx";
import { FieldFrame, type FieldFrameProps } from "./FieldFrame.tsx";
import { boxLook, INPUT_LOOK } from "./field.ts";

const reset = fn();
const apply = fn();

const meta = preview.meta({
  title: "Parts/FieldFrame",
  component: FieldFrame,
  args: {
    label: "Rank",
    help: "8 to 64. Higher learns more and needs more memory.",
    change: { was: "8", onReset: reset },
    isGroup: false,
    children: () => null,
  } as FieldFrameProps,
  argTypes: { children: { control: false } },
});

export const Playground = meta.story({
  render: (args) => (
    <div className="max-w-80">
      <FieldFrame {...args}>
        {({ id, describedBy, isInvalid }) => (
          <div className={boxLook(isInvalid)}>
            <input id={id} aria-describedby={describedBy} defaultValue="16" className={INPUT_LOOK} />
          </div>
        )}
      </FieldFrame>
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    const input = canvas.getByRole("textbox", { name: "Rank" });
    await expect(input).toHaveAccessibleDescription("8 to 64. Higher learns more and needs more memory.");
    await userEvent.click(canvas.getByRole("button", { name: "Rank was 8, reset" }));
    await expect(reset).toHaveBeenCalled();
  },
});

function Fields() {
  const [value, setValue] = useState("3");
  const all = { value, onChange: setValue };
  return (
    <div className="grid max-w-[640px] gap-x-6 gap-y-4 sm:grid-cols-2">
      <TextField
        {...all}
        label="At rest"
        help="1 to 5. Stops early when validation rises twice."
        unit="epochs"
      />
      <TextField {...all} label="Changed" help="0.5 to 5." change={{ was: "1.0", onReset: reset }} />
      <TextField
        {...all}
        label="Warm-up"
        error="3 is outside 0 to 0.5. Warm-up is a share of all steps; 0.03 is usual."
        fix={{ label: "Use 0.03", onApply: apply }}
        unit="of steps"
      />
      <TextField {...all} label="Seeds" isDisabled waitsFor="Waits for a second run: Quality trains three." />
      <TextField
        {...all}
        label="A label so long that it wraps onto a second line beside its mark of change"
        change={{ was: "a value whose name is far too long to stand here", onReset: reset }}
        help="Help may wrap too, when it must; the box keeps its height and the row its order."
      />
    </div>
  );
}

export const States = meta.story({
  render: () => <Fields />,
  play: async ({ canvas, userEvent }) => {
    const wrong = canvas.getByRole("textbox", { name: "Warm-up" });
    await expect(wrong).toBeInvalid();
    await expect(wrong).toHaveValue("3");
    await expect(wrong).toHaveAccessibleDescription(/of steps.*outside 0 to 0.5/);
    await userEvent.click(canvas.getByRole("button", { name: "Use 0.03" }));
    await expect(apply).toHaveBeenCalled();
    await expect(canvas.getByRole("textbox", { name: "Seeds" })).toHaveAccessibleDescription(/Waits for/);
  },
});
