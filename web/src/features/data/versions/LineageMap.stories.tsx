import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_LINEAGE } from "../../../testing/history.ts";
import { LineageMap } from "./LineageMap.tsx";

const meta = preview.meta({
  title: "Features/Data/LineageMap",
  component: LineageMap,
  args: { graph: FAKE_LINEAGE },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("listitem")).toHaveLength(5);
    await expect(canvas.getByRole("link", { name: "faq@1" })).toHaveAttribute("href", "/data/faq%401");
    await expect(canvas.queryByRole("link", { name: "faq@2" })).toBeNull();
  },
});

export const Alone = meta.story({
  args: { graph: { ...FAKE_LINEAGE, nodes: FAKE_LINEAGE.nodes.slice(0, 1), edges: [] } },
});

export const DeletedParent = meta.story({
  args: {
    graph: {
      ...FAKE_LINEAGE,
      left_out: 12,
      nodes: FAKE_LINEAGE.nodes.map((node) => (node.id === "faq1" ? { ...node, detail: "deleted" } : node)),
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("link", { name: "faq@1" })).toBeNull();
    await expect(canvas.getByText("12 more things are not drawn.")).toBeVisible();
  },
});
