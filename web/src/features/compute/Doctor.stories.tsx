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
        {
          what: "port 7860",
          status: "missing",
          found: "taken",
          fix: "Start with `tokenloom studio --port auto`, or stop what listens there.",
        },
        {
          what: "GPU",
          status: "missing",
          found: "no driver answers",
          fix: "Nothing to do for CPU training.",
        },
      ],
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("button", { name: /Copy the command/ })).toHaveLength(3);
    await expect(canvas.getByText("tokenloom studio --port auto").tagName).toBe("CODE");
    await expect(canvas.getByText("pip uninstall torchvision")).toBeVisible();
  },
});
