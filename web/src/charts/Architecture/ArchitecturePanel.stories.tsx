import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { dense } from "../../testing/architecture.ts";
import { ArchitecturePanel } from "./ArchitecturePanel.tsx";

const meta = preview.meta({
  title: "Charts/ArchitecturePanel",
  component: ArchitecturePanel,
  args: { architecture: dense, isAsked: true, onAsk: fn(), onRetry: fn() },
  argTypes: { architecture: { control: "object" }, isAsked: { control: "boolean" } },
});

export const Playground = meta.story();

export const NotAsked = meta.story({
  args: { architecture: null, isAsked: false },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Draw the model" }));
    await expect(args.onAsk).toHaveBeenCalledOnce();
  },
});

export const Loading = meta.story({ args: { architecture: null } });

export const Refused = meta.story({
  args: {
    architecture: null,
    refused: {
      what: "The model's modules could not be built: the family “new-kind” is not known here.",
      todo: "Look at its config.json, or at the recipe's model.",
    },
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /Try again|Retry/ }));
    await expect(args.onRetry).toHaveBeenCalledOnce();
  },
});
