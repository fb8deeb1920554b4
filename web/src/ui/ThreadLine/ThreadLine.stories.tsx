import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { threadOf } from "../thread.ts";
import { ThreadLine } from "./ThreadLine.tsx";

const meta = preview.meta({
  title: "Parts/ThreadLine",
  component: ThreadLine,
  args: { thread: { color: 2, dash: 2 }, width: 28 as const },
  argTypes: { width: { control: "inline-radio", options: [28, 16] } },
});

export const Playground = meta.story({
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelector("line")).toHaveAttribute("stroke-dasharray", "7 3");
    await expect(canvasElement.querySelector("svg")).toHaveAttribute("aria-hidden", "true");
  },
});

export const Matrix = meta.story({
  name: "All 64",
  render: () => (
    <div className="grid grid-cols-[repeat(8,max-content)] gap-3 rounded-panel bg-surface p-4">
      {Array.from({ length: 64 }, (_, ordinal) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
        <ThreadLine key={ordinal} thread={threadOf(ordinal)} />
      ))}
    </div>
  ),
  play: async ({ canvasElement }) => {
    const pairs = [...canvasElement.querySelectorAll("line")].map(
      (line) => `${line.style.stroke} ${line.getAttribute("stroke-dasharray")}`,
    );
    await expect(new Set(pairs).size).toBe(64);
  },
});
