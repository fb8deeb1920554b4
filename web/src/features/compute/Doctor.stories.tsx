import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { Machine } from "../../data/system.ts";
import { recorded } from "../../testing/recorded.ts";
import { Doctor } from "./ComputePage.tsx";

const meta = preview.meta({
  title: "Features/Compute/Doctor",
  component: Doctor,
  args: { machine: { findings: recorded<Machine>("machine").findings } },
});

export const Playground = meta.story({
  play: async ({ canvas, args }) => {
    await expect(canvas.getByText(`${args.machine.findings.length} checks`)).toBeVisible();
  },
});

export const States = meta.story({
  args: {
    machine: {
      findings: [
        { what: "bf16", status: "ok", found: "fast on this processor", fix: "" },
        {
          what: "PostgreSQL driver",
          status: "missing",
          found: "not installed",
          fix: 'pip install "tokenloom[postgres]"',
        },
        {
          what: "torchvision",
          status: "problem",
          found: "breaks the import of transformers",
          fix: "pip uninstall torchvision",
        },
      ],
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("button", { name: /Copy the fix/ })).toHaveLength(2);
    await expect(canvas.getByText("pip uninstall torchvision")).toBeVisible();
  },
});
