import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { WorkflowStrip } from "./WorkflowStrip.tsx";

const STAGES = [
  { label: "Data", detail: "shop-dialogues v4", state: "done" as const, href: "#data" },
  { label: "Tokenizer", detail: "byte-level, 8k", state: "done" as const, href: "#tokenizer" },
  { label: "Recipe", detail: "balanced-lora", state: "done" as const, href: "#recipe" },
  { label: "Train", detail: "linen-07, 78 %", state: "current" as const, share: 0.78, href: "#run" },
  { label: "Evaluate", detail: "waits for the run", state: "todo" as const },
  { label: "Export", detail: "not chosen", state: "todo" as const },
];

const meta = preview.meta({
  title: "Parts/WorkflowStrip",
  component: WorkflowStrip,
  args: { stages: STAGES },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, canvasElement }) => {
    const list = canvas.getByRole("list", { name: "Where this work stands" });
    await expect(list.querySelectorAll("li")).toHaveLength(6);
    await expect(list.querySelector("[aria-current=step]")).toHaveTextContent("Train, under way");
    await userEvent.tab();
    await expect(canvas.getByRole("link", { name: "Data" })).toHaveFocus();
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});

export const Failed = meta.story({
  args: {
    stages: [
      ...STAGES.slice(0, 3),
      { label: "Train", detail: "failed at step 1,204", state: "failed", href: "#run" },
      ...STAGES.slice(4),
    ],
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("failed at step 1,204")).toHaveClass("text-danger");
  },
});
