import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { Ledger, LedgerProof } from "./Ledger.tsx";

const STAGES = [
  { label: "Raw", value: 128_400_000 },
  { label: "Cleaned", value: 123_300_000 },
  { label: "Deduplicated", value: 107_400_000 },
  { label: "Templated", value: 110_000_000 },
  { label: "Truncated", value: 103_800_000 },
  { label: "Trained", value: 75_900_000 },
];
const LOSSES = [
  { afterStage: 0, label: "markup, footers", value: 5_100_000, tone: "warning" as const, href: "#markup" },
  { afterStage: 1, label: "near-duplicates", value: 15_900_000, tone: "danger" as const, href: "#twins" },
  { afterStage: 2, label: "chat markers", value: -2_600_000, tone: "muted" as const },
  { afterStage: 3, label: "over 1,024", value: 6_200_000, tone: "warning" as const },
  { afterStage: 4, label: "prompts, masked", value: 27_900_000, tone: "muted" as const },
];

const meta = preview.meta({
  title: "Parts/Ledger",
  component: Ledger,
  args: { stages: STAGES, losses: LOSSES, view: "flow" as const },
  argTypes: {
    view: { control: "inline-radio", options: ["flow", "table"] },
    stages: { control: false },
    losses: { control: false },
  },
  render: (args) => (
    <Panel
      title="Token ledger"
      count="59 of 100 raw tokens are trained"
      footer={<LedgerProof stages={args.stages} losses={args.losses} />}
    >
      <Ledger {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getByText("The numbers add up")).toBeVisible();
    await expect(canvasElement.querySelectorAll("svg[role=img] path").length).toBe(102);
    if (window.innerWidth > 640) {
      await expect(
        canvas.getByRole("img", { name: /of 128.4 M raw tokens 75.9 M are trained/ }),
      ).toBeVisible();
      await expect(canvas.getByRole("link", { name: /near-duplicates/ })).toHaveAttribute("href", "#twins");
    }
  },
});

export const Table = meta.story({
  args: { view: "table" },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("row", { name: "Trained 75,900,000 59.1 %" })).toBeVisible();
    await expect(canvas.getByRole("row", { name: /near-duplicates −15,900,000/ })).toBeVisible();
  },
});

export const DoesNotAddUp = meta.story({
  args: { losses: LOSSES.slice(1) },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent(
      "5,100,000 tokens between Raw and Cleaned have no reason.",
    );
    await expect(canvas.getByText("The numbers do not add up")).toBeVisible();
  },
});

export const Small = meta.story({
  args: {
    stages: [
      { label: "Raw", value: 1000 },
      { label: "Trained", value: 999 },
    ],
    losses: [{ afterStage: 0, label: "broken", value: 1, tone: "danger" }],
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The numbers add up")).toBeVisible();
  },
});
