import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Logo } from "./Logo.tsx";

const meta = preview.meta({
  title: "Parts/Logo",
  component: Logo,
  args: { size: 20 as const, word: true },
  argTypes: { size: { control: "inline-radio", options: [16, 20, 32] } },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Tokenloom")).toBeVisible();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="flex items-center gap-6">
      <Logo size={16} />
      <Logo size={20} word />
      <Logo size={32} word />
    </div>
  ),
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelectorAll("svg[aria-hidden=true]")).toHaveLength(3);
  },
});
