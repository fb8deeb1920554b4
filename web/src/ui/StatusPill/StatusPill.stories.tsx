import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { RUN_STATES, StatusPill } from "./StatusPill.tsx";

const meta = preview.meta({
  title: "Parts/StatusPill",
  component: StatusPill,
  args: { state: "running" as const, detail: "78 %" },
  argTypes: { state: { control: "select", options: RUN_STATES } },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Training 78 %")).toBeVisible();
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="flex flex-wrap gap-4 rounded-panel bg-surface p-4">
      {RUN_STATES.map((state) => (
        <StatusPill key={state} state={state} />
      ))}
      <StatusPill state="failed" detail="at 1,204" />
      <StatusPill state="running" label="Evaluating" />
    </div>
  ),
  play: async ({ canvas }) => {
    const shapes = new Set<string>();
    for (const word of ["Training", "Finished", "Queued", "Paused", "Failed", "Stopped", "Interrupted"]) {
      const mark = canvas.getByText(word).querySelector("i");
      shapes.add(mark?.className ?? "");
    }
    await expect(shapes.size).toBe(7);
    await expect(canvas.getByText("Failed at 1,204")).toBeVisible();
  },
});
