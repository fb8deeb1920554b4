import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_LEDGER } from "../../../testing/data.ts";
import { readLedger } from "../facts/ledger.ts";
import { RowLedger } from "./RowLedger.tsx";

const meta = preview.meta({
  title: "Features/Data/RowLedger",
  component: RowLedger,
  args: { ...readLedger(FAKE_LEDGER), view: "flow" as const, onView: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("96.1 % of the raw rows can be used")).toBeVisible();
    await expect(canvas.getByText("The numbers add up")).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Table" }));
    await expect(args.onView).toHaveBeenCalledWith("table");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <RowLedger {...args} view="table" />
      <RowLedger {...args} losses={args.losses.slice(1)} />
      <RowLedger
        {...args}
        stages={[
          { label: "raw", value: 8_000_000 },
          { label: "mapped", value: 8_000_000 },
        ]}
        losses={[]}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("table", { name: "Row ledger" })).toHaveTextContent(
      "the answer is empty−2",
    );
    await expect(canvas.getByText("The numbers do not add up")).toBeVisible();
    await expect(canvas.getByText("100 % of the raw rows can be used")).toBeVisible();
  },
});
