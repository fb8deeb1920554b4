import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Skeleton } from "./Skeleton.tsx";

const meta = preview.meta({
  title: "Parts/Skeleton",
  component: Skeleton,
  args: { width: "60%", height: 48 },
});

export const Playground = meta.story({
  play: async ({ canvasElement }) => {
    const block = canvasElement.querySelector(".skeleton");
    await expect(block).toHaveAttribute("aria-hidden", "true");
    await expect(block?.getBoundingClientRect().height).toBe(48);
  },
});

export const Layouts = meta.story({
  render: () => (
    <div className="grid gap-2">
      <Skeleton height={120} />
      {[90, 75, 82, 60].map((width) => (
        <Skeleton key={width} width={`${width}%`} />
      ))}
    </div>
  ),
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelectorAll(".skeleton")).toHaveLength(5);
  },
});
