import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { threadOf } from "../../ui/thread.ts";
import { BarList } from "./BarList.tsx";

const items = [
  { id: "duplicate", label: "duplicate", value: 4120 },
  { id: "long", label: "longer than the context window of the model", value: 1830 },
  { id: "language", label: "other language", value: 212 },
];
const args = { items, title: "Rows by reason", limit: 4000, onChoose: fn() };

const meta = preview.meta({ title: "Charts/BarList", component: BarList, args });

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(args.onChoose).toHaveBeenCalledWith("duplicate");
    await expect(canvas.getByRole("list", { name: "Rows by reason" })).toBeVisible();
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-6 sm:grid-cols-2">
      <BarList items={[]} title="Rows by reason" />
      <BarList items={[]} title="Rows by reason" status={{ state: "loading", what: "Reading the values" }} />
      <BarList
        items={[]}
        title="Rows by reason"
        status={{ state: "error", title: "The values could not be read", reason: "The file is gone." }}
      />
      <BarList
        title="Huge"
        items={Array.from({ length: 900 }, (_, i) => ({
          id: String(i),
          label: `run ${i}`,
          value: 900 - i,
          thread: threadOf(i),
        }))}
        most={8}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The values could not be read")).toBeVisible();
  },
});
