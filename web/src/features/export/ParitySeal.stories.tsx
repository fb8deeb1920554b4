import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { brokenProof, fakeProof } from "../../testing/run.ts";
import { ParitySeal } from "./ParitySeal.tsx";

const meta = preview.meta({
  title: "Features/Export/ParitySeal",
  component: ParitySeal,
  args: { proof: fakeProof },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Sealed: it is the same model")).toBeVisible();
    await expect(canvas.getByText(/^1\.2e.5$/)).toBeVisible();
    await expect(canvas.getAllByRole("listitem")).toHaveLength(4);
  },
});

export const States = meta.story({
  args: { proof: brokenProof },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/Broken: token ids differ/)).toBeVisible();
    await expect(canvas.getByText("2 of 3 the same")).toBeVisible();
  },
});
