import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { fakeExport } from "../../testing/run.ts";
import { ExportFiles } from "./ExportFiles.tsx";

const meta = preview.meta({
  title: "Features/Export/ExportFiles",
  component: ExportFiles,
  args: {
    files: fakeExport().files,
    folder: fakeExport().folder,
    told: "exports/1m8export1",
    hrefOf: (name: string) => `/api/exports/1m8export1/files/${name}`,
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const link = canvas.getByRole("link", { name: "Save config.json" });
    await expect(link).toHaveAttribute("href", "/api/exports/1m8export1/files/config.json");
    await expect(link).toHaveAttribute("download");
  },
});

export const States = meta.story({
  args: { blocked: "token ids differ for 1 of 3 texts" },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("link")).toBeNull();
    await expect(canvas.getByText(/Nothing can be saved: token ids differ/)).toBeVisible();
  },
});
