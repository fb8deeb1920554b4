import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { type Depth, depthChanges } from "../pure/depth.ts";
import { DepthCards, type DepthCardsProps } from "./DepthCards.tsx";

const baseline = {
  loop: { max_steps: 4000 },
  evaluation: { every_steps: 100 },
  schedule: { warmup_steps: 40 },
};
const chosen = fn();

function Live(props: DepthCardsProps) {
  const [depth, setDepth] = useState(props.depth);
  const choose = (next: Depth) => {
    setDepth(next);
    props.onDepth(next);
  };
  return <DepthCards {...props} depth={depth} onDepth={choose} />;
}

const meta = preview.meta({
  title: "Features/Recipe/DepthCards",
  component: DepthCards,
  args: {
    depth: "balanced",
    onDepth: chosen,
    changes: {
      fast: depthChanges(baseline, "fast"),
      balanced: depthChanges(baseline, "balanced"),
      quality: depthChanges(baseline, "quality"),
    },
    seconds: { fast: 300, balanced: 900, quality: 2700 },
  } as DepthCardsProps,
});

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText(/1,000 steps, validation every 25/)).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}");
    await expect(chosen).toHaveBeenLastCalledWith("quality");
    await expect(canvas.getByRole("radio", { name: /Quality/ })).toBeChecked();
  },
});

export const States = meta.story({
  args: { depth: null, seconds: { fast: null, balanced: null, quality: null } },
});
