import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_DISK } from "../../../testing/history.ts";
import { Page } from "../../../ui/Page/Page.tsx";
import { DiskPanel } from "./DiskPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/DiskPanel",
  component: DiskPanel,
  args: { disk: FAKE_DISK, onClean: fn(async () => undefined), onQuota: fn(async () => undefined) },
  render: (args) => (
    <Page>
      <DiskPanel {...args} />
    </Page>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/of .* allowed, .* free on the disk/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Remove prepared tokens" }));
    await expect(args.onClean).toHaveBeenCalledWith("tokens");
    await expect(canvas.getByRole("button", { name: "Remove leftovers" })).toBeDisabled();
    await userEvent.click(canvas.getByRole("button", { name: /Runs and checkpoints/ }));
    await expect(
      await canvas.findByRole("grid", { name: "Largest of Runs and checkpoints" }),
    ).toHaveTextContent("answers");
    const limit = canvas.getByRole("textbox", { name: "Limit of the workspace" });
    await userEvent.clear(limit);
    await userEvent.type(limit, "50");
    await userEvent.tab();
    await userEvent.click(canvas.getByRole("button", { name: "Keep this limit" }));
    await expect(args.onQuota).toHaveBeenCalledWith(50e9);
  },
});

export const OverTheLimit = meta.story({ args: { disk: { ...FAKE_DISK, quota: 10e9 } } });

export const Empty = meta.story({
  args: {
    disk: {
      ...FAKE_DISK,
      quota: null,
      bytes: 0,
      areas: FAKE_DISK.areas.map((area) => ({ ...area, bytes: 0, count: 0, items: [] })),
      cleanable: FAKE_DISK.cleanable.map((each) => ({ ...each, bytes: 0 })),
    },
  },
  play: async ({ canvas }) => {
    for (const button of canvas.getAllByRole("button", { name: /^Remove/ }))
      await expect(button).toBeDisabled();
  },
});
