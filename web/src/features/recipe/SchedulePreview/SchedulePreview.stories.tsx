import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { SchedulePreview } from "./SchedulePreview.tsx";

const meta = preview.meta({
  title: "Features/Recipe/SchedulePreview",
  component: SchedulePreview,
  args: {
    spec: { optimizer: { learning_rate: 2e-3 }, schedule: { kind: "cosine", warmup_steps: 40 } },
    steps: 400,
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Learning rate over the run")).toBeVisible();
    await expect(await canvas.findByRole("figure", {}, { timeout: 5000 })).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-4 sm:grid-cols-2">
      {["constant", "cosine", "linear", "wsd"].map((kind) => (
        <SchedulePreview
          key={kind}
          spec={{ schedule: { kind, warmup_steps: 40 } }}
          steps={kind === "wsd" ? null : 400}
        />
      ))}
    </div>
  ),
});
