import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeEvents } from "../../../testing/run.ts";
import { LedgerPanel } from "./LedgerPanel.tsx";

const meta = preview.meta({
  title: "Features/Run/LedgerPanel",
  component: LedgerPanel,
  args: { events: fakeEvents(), search: {} as Record<string, string>, onSearch: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("The numbers add up")).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Table" }));
    await expect(args.onSearch).toHaveBeenCalledWith({ ledger: "table" });
  },
});

export const States = meta.story({ args: { search: { ledger: "table", split: "validation" } } });
