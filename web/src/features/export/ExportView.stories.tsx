import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { brokenProof, fakeExport } from "../../testing/run.ts";
import { ExportView } from "./ExportView.tsx";

const meta = preview.meta({
  title: "Pages/Export",
  component: ExportView,
  args: {
    item: fakeExport(),
    state: "completed",
    error: null,
    nameOf: () => "linen-07",
    workspace: "/workspace",
    hrefOf: (name: string) => `/api/exports/1m8export1/files/${name}`,
  },
  parameters: { layout: "fullscreen" },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Sealed: it is the same model")).toBeVisible();
    await expect(canvas.getByRole("region", { name: "How to load it" })).toHaveTextContent(
      'folder = "exports/1m8export1"',
    );
    await expect(canvas.getByText("exports/1m8export1")).toBeVisible();
  },
});

export const Working = meta.story({
  args: { item: fakeExport({ files: {}, proof: {} }), state: "running" },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Watch it" })).toBeVisible();
  },
});

export const Broken = meta.story({
  args: {
    item: fakeExport({ files: {}, proof: {} }),
    state: "failed",
    error: {
      message: "The exported model is not the same as its source: token ids differ for 1 of 3 texts.",
      hint: "Nothing was published.",
      proof: brokenProof,
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/Broken: token ids differ/)).toBeVisible();
    await expect(canvas.queryByRole("link", { name: /^Save/ })).toBeNull();
  },
});
