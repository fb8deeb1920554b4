import { expect, fn, screen, within } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_BIN } from "../../../testing/history.ts";
import { Page } from "../../../ui/Page/Page.tsx";
import { BinPanel } from "./BinPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/BinPanel",
  component: BinPanel,
  args: { items: FAKE_BIN, onRestore: fn(async () => undefined), onEmpty: fn(async () => undefined) },
  render: (args) => (
    <Page>
      <BinPanel {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Bring back answers" }));
    await expect(args.onRestore).toHaveBeenCalledWith(FAKE_BIN[0]);
    await userEvent.click(canvas.getByRole("button", { name: "Delete faq@1 for good" }));
    const one = within(await screen.findByRole("alertdialog", { name: "Delete faq@1 for good?" }));
    await userEvent.click(one.getByRole("button", { name: "Cancel" }));
    await expect(args.onEmpty).not.toHaveBeenCalled();
    await userEvent.click(canvas.getByRole("button", { name: "Empty the bin" }));
    const all = within(await screen.findByRole("alertdialog", { name: "Empty the bin?" }));
    await expect(all.getByText(/4\.5 GB become free/)).toBeVisible();
    await userEvent.click(all.getByRole("button", { name: "Empty the bin" }));
    await expect(args.onEmpty).toHaveBeenCalledWith(null);
  },
});

export const Loading = meta.story({ args: { items: undefined } });

export const Empty = meta.story({
  args: { items: [] },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The bin is empty")).toBeVisible();
    await expect(canvas.queryByRole("button")).toBeNull();
  },
});

/** Many things scroll inside of the panel. */
export const Many = meta.story({
  args: {
    items: Array.from({ length: 200 }, (_, place) => ({
      id: `binned${place}`,
      kind: "checkpoint" as const,
      reference: `1m8linen07@${place * 100}`,
      name: `linen-07, step ${place * 100}`,
      bytes: 12e6,
      deleted: 1.79e9 - place * 60,
      kept_until: 1.79e9 + 30 * 86_400,
    })),
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("grid", { name: "Bin" })).toHaveTextContent("linen-07, step 100");
  },
});
