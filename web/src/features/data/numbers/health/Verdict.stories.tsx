import { expect } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { fakeValidation } from "../../../../testing/inspection.ts";
import { Verdict } from "./Verdict.tsx";

const { verdict } = fakeValidation();

const meta = preview.meta({
  title: "Features/Data/Verdict",
  component: Verdict,
  args: { verdict, trainHref: "/recipes/edit?dataset=faq%401" },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent(
      "Held-out rows that also stand in training (3) · Rows that repeat another (12)",
    );
    await expect(canvas.queryByRole("link", { name: "Train on this" })).toBeNull();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-3">
      <Verdict
        verdict={{ verdict: "ready", words: "ready", reasons: [] }}
        trainHref="/recipes/edit?dataset=faq%401"
      />
      <Verdict verdict={{ ...verdict, verdict: "warnings" }} />
      <Verdict verdict={{ verdict: "unknown", words: "not inspected yet", reasons: [] }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Train on this" })).toHaveAttribute(
      "href",
      "/recipes/edit?dataset=faq%401",
    );
    await expect(canvas.getByText("Ready, with warnings.")).toBeVisible();
    await expect(canvas.getByText("Not looked at yet.")).toBeVisible();
  },
});
