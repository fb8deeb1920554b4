import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { brokenProof, fakeExport } from "../../testing/run.ts";
import { ExportList } from "./ExportList.tsx";

const meta = preview.meta({
  title: "Features/Export/ExportList",
  component: ExportList,
  args: {
    items: [
      fakeExport(),
      fakeExport({ id: "2", name: "export 1m8linen07", state: "running", files: {}, proof: {} }),
      fakeExport({ id: "3", name: "odd", state: "failed", files: {}, proof: brokenProof }),
    ],
    nameOf: () => "linen-07",
    onRetry: fn(),
    onGo: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "shop model" })).toHaveAttribute(
      "href",
      "/export/1m8export1",
    );
    await expect(canvas.getByRole("link", { name: "linen-07" })).toBeVisible();
    await expect(canvas.getByText("broken")).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <ExportList {...args} items={[]} />
      <ExportList {...args} items={[]} isLoading />
      <ExportList {...args} items={[]} error={{ detail: "The server did not answer.", hint: "Try again." }} />
    </div>
  ),
});
