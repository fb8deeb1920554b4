import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Tag, type TagProps } from "./Tag.tsx";

const meta = preview.meta({
  title: "Parts/Tag",
  component: Tag,
  args: { children: "v4", tone: "neutral", onRemove: fn() } as TagProps,
  argTypes: {
    tone: { control: "inline-radio", options: ["neutral", "accent", "positive", "warning", "danger"] },
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Remove v4" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await expect(args.onRemove).toHaveBeenCalledOnce();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid max-w-96 grid-cols-1 gap-3">
      <div className="flex flex-wrap gap-2">
        {(["neutral", "accent", "positive", "warning", "danger"] as const).map((tone) => (
          <Tag key={tone} tone={tone}>
            {tone}
          </Tag>
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        <Tag mono>q_proj</Tag>
        <Tag onRemove={fn()}>removable</Tag>
        <Tag onRemove={fn()}>{"a word that never ends ".repeat(8)}</Tag>
      </div>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("q_proj")).toBeVisible();
    await expect(canvas.getByRole("button", { name: "Remove removable" })).toBeVisible();
  },
});
