import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { RadioCards, type RadioCardsProps } from "./RadioCards.tsx";

const CARDS = [
  {
    id: "fast",
    title: "Fast",
    note: "≈ 5 min",
    description: "One pass, small adapters. Good for checking that the data teaches anything.",
  },
  {
    id: "balanced",
    title: "Balanced",
    note: "≈ 15 min",
    description: "Three passes, LoRA on all linear layers. The one to start with.",
  },
  {
    id: "quality",
    title: "Quality",
    note: "≈ 45 min",
    description: "Long context, three seeds, early stop on the validation set.",
  },
];

const meta = preview.meta({
  title: "Parts/RadioCards",
  component: RadioCards,
  args: {
    label: "Preset",
    hideLabel: true,
    cards: CARDS,
    value: "balanced" as string | null,
    onChange: fn(),
  } as RadioCardsProps,
});

function Live(args: RadioCardsProps) {
  const [value, setValue] = useState(args.value);
  return (
    <RadioCards
      {...args}
      value={value}
      onChange={(next) => {
        setValue(next);
        args.onChange(next);
      }}
    />
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("radio", { name: /Balanced/ })).toHaveFocus();
    await userEvent.keyboard("{ArrowRight}");
    await expect(args.onChange).toHaveBeenLastCalledWith("quality");
    await userEvent.click(canvas.getByText("Fast"));
    await expect(args.onChange).toHaveBeenLastCalledWith("fast");
    await expect(canvas.getByRole("radio", { name: /Fast/ })).toBeChecked();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-6">
      <RadioCards
        {...args}
        label="With a label"
        hideLabel={false}
        columns={2}
        help="Can be changed until the run starts."
        cards={CARDS.slice(0, 2)}
      />
      <RadioCards
        {...args}
        label="One is not offered"
        cards={CARDS.map((card) =>
          card.id === "quality"
            ? { ...card, isDisabled: true, why: "Needs a validation set; this data has none." }
            : card,
        )}
      />
      <RadioCards {...args} label="None chosen" value={null} error="Choose how long it may take." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Needs a validation set; this data has none.")).toBeVisible();
  },
});
