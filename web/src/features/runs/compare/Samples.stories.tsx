import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Run } from "../../../data/runs.ts";
import { recorded } from "../../../testing/recorded.ts";
import { Samples, samplesOf } from "./SamplesSideBySide.tsx";

interface Events {
  items: { event: { type: string; step: number; samples?: unknown } }[];
}

const sampled = (name: string) => {
  const event = recorded<Events>(`${name}-events`)
    .items.filter((item) => item.event.type === "sample")
    .at(-1)?.event;
  return { run: recorded<Run>(`${name}-run`), step: event?.step ?? null, samples: samplesOf(event?.samples) };
};

const meta = preview.meta({
  title: "Features/Compare/Samples",
  component: Samples,
  args: { runs: [sampled("base"), sampled("slower")] },
  argTypes: { runs: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, args }) => {
    await expect(canvas.getByText(args.runs[0]?.run.name as string)).toBeVisible();
    await expect(canvas.getAllByText(`step ${args.runs[0]?.step}`)).toHaveLength(2);
  },
});

export const WithoutThreads = meta.story({
  args: {
    runs: ["base", "slower"].map((name) => {
      const each = sampled(name);
      return { ...each, run: { ...each.run, ordinal: null } };
    }),
  },
  play: async ({ canvasElement }) => {
    const strokes = [...canvasElement.querySelectorAll("line")].map((line) => getComputedStyle(line).stroke);
    await expect(new Set(strokes).size).toBe(2);
  },
});

export const Empty = meta.story({
  args: { runs: [{ ...sampled("base"), samples: [] }] },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No samples yet")).toBeVisible();
  },
});

export const Long = meta.story({
  args: {
    runs: [
      { ...sampled("base"), samples: [{ prompt: "a prompt ".repeat(200), text: "word ".repeat(400) }] },
      sampled("slower"),
    ],
  },
});
