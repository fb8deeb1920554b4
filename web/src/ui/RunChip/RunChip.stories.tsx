import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { RunChip } from "./RunChip.tsx";

const meta = preview.meta({
  title: "Parts/RunChip",
  component: RunChip,
  args: { thread: { color: 1, dash: 1 }, name: "linen-07", href: "#linen-07" },
  argTypes: { children: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    const link = canvas.getByRole("link", { name: "linen-07" });
    await expect(link).toHaveFocus();
    await expect(link.getBoundingClientRect().height).toBeGreaterThanOrEqual(24);
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid w-40 justify-items-start gap-2">
      <RunChip thread={{ color: 2, dash: 2 }} name="linen-06" href="#linen-06" />
      <RunChip thread={{ color: 3, dash: 3 }} name="not a link" />
      <RunChip thread={{ color: 5, dash: 5 }} name="narrow" narrow />
      <RunChip thread={null} name="no curve" />
      <RunChip thread={{ color: 6, dash: 6 }} name="a-very-long-name-of-a-run-that-is-cut" />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("a-very-long-name-of-a-run-that-is-cut")).toHaveAttribute("title");
    await expect(canvas.getAllByRole("link")).toHaveLength(1);
    const left = (name: string) => canvas.getByText(name).getBoundingClientRect().left;
    await expect(left("no curve")).toBe(left("not a link")); // names stand below each other
  },
});
