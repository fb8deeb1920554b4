import { Boxes, Layers } from "lucide-react";
import { useState } from "react";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Tree, type TreeNode, type TreeProps } from "./Tree.tsx";

const NODES: TreeNode[] = [
  {
    id: "model",
    label: "model",
    icon: Boxes,
    meta: "34 M",
    children: [
      { id: "embed", label: "embed_tokens", meta: "8.2 M" },
      {
        id: "layers.0",
        label: "layers.0",
        icon: Layers,
        meta: "3.1 M",
        children: [
          { id: "layers.0.attn", label: "self_attn", meta: "1.0 M" },
          { id: "layers.0.mlp", label: "mlp", meta: "2.1 M" },
        ],
      },
    ],
  },
  { id: "head", label: "lm_head", meta: "tied" },
];

const meta = preview.meta({
  title: "Parts/Tree",
  component: Tree,
  args: { label: "Modules", nodes: NODES, mono: true, value: null, onChange: fn() } as TreeProps,
});

function Live(args: TreeProps) {
  const [value, setValue] = useState(args.value ?? null);
  return (
    <div className="max-w-96">
      <Tree
        {...args}
        value={value}
        onChange={(next) => {
          setValue(next);
          args.onChange?.(next);
        }}
      />
    </div>
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}");
    await waitFor(() => expect(canvas.getByRole("row", { name: "embed_tokens" })).toBeVisible());
    await userEvent.keyboard("{ArrowDown}");
    await expect(args.onChange).toHaveBeenLastCalledWith("embed");
    await userEvent.click(canvas.getByText("lm_head"));
    await expect(args.onChange).toHaveBeenLastCalledWith("head");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-96 gap-6">
      <Tree {...args} label="Open" defaultExpanded={["model", "layers.0"]} value="layers.0.mlp" />
      <Tree {...args} label="Empty" nodes={[]} emptyText="This file has no folders." />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("row", { name: "mlp" })).toHaveAttribute("aria-selected", "true");
    await expect(canvas.getByText("This file has no folders.")).toBeVisible();
  },
});

export const Stress = meta.story({
  args: {
    label: "Many",
    nodes: Array.from({ length: 200 }, (_, n) => ({
      id: `layer-${n}`,
      label: `layers.${n}.self_attn.q_proj.lora_A.weight`,
      meta: "16 × 512",
    })),
  },
  render: (args) => (
    <div className="h-80 w-72 overflow-y-auto">
      <Live {...args} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("row")).toHaveLength(200);
  },
});
