import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeFlow } from "../../../testing/insight.ts";
import FlowPanel from "./FlowPanel.tsx";

const meta = preview.meta({
  title: "Features/Run/FlowPanel",
  component: FlowPanel,
  args: {
    flow: fakeFlow(),
    chosen: null,
    every: 25 as number | null,
    isLive: true,
    search: {} as Record<string, string>,
    onSearch: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const picture = canvas.getByRole("slider", { name: "Gradient norm by layer and step" });
    picture.focus();
    await userEvent.keyboard("{Home}{ArrowDown}{ArrowRight}");
    await expect(picture).toHaveAttribute("aria-valuetext", expect.stringMatching(/^layer 0, 25: /));
    await userEvent.keyboard("{Enter}");
    await expect(args.onSearch).toHaveBeenCalledWith({ layer: "layer 0" });
    await userEvent.click(canvas.getByRole("radio", { name: "Update" }));
    await expect(args.onSearch).toHaveBeenCalledWith({ flow: "update_ratio" });
    await expect(canvas.getByText("Exploding gradient: layer 2")).toBeVisible();
    await expect(canvas.getByText(/From step 1 to 1; not any more/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "as table" }));
    await expect(canvas.getByRole("table")).toBeVisible();
  },
});

/** One layer, chosen in the address. */
export const Layer = meta.story({
  args: { search: { layer: "layer 2", flow: "update_ratio" }, chosen: fakeFlow({ layer: "layer 2" }) },
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("heading", { name: "layer 2" })).toBeVisible();
    await expect(canvas.getByText("model.layers.2")).toBeVisible();
    await expect(canvas.getByRole("slider", { name: "Gradients of layer 2 by size and step" })).toBeVisible();
    await expect(await canvas.findByRole("slider", { name: /Update of layer 2/ })).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <FlowPanel {...args} flow={null} />
      <FlowPanel {...args} flow={null} problem={{ message: "The server is gone.", retry: fn() }} />
      <FlowPanel {...args} flow={fakeFlow({ layers: 0, steps: 0 })} />
      <FlowPanel {...args} flow={fakeFlow({ layers: 0, steps: 0 })} isLive={false} />
      <FlowPanel {...args} flow={fakeFlow({ layers: 0, steps: 0 })} every={null} />
      <FlowPanel {...args} flow={fakeFlow({ layers: 3, steps: 1 })} search={{ layer: "embedding" }} />
      <FlowPanel {...args} search={{ layer: "head" }} chosen={fakeFlow({ layer: "head" })} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The gradient flow could not be read")).toBeVisible();
    await expect(canvas.getByText("The gradient flow is off")).toBeVisible();
    await expect(canvas.getByText(/then at every 25th/)).toBeVisible();
    await expect(canvas.getByText(/made before there was this picture/)).toBeVisible();
    await expect(canvas.getByText("Nothing stands out in any layer.")).toBeVisible();
    await expect(canvas.getByText("Told of blocks alone")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: { flow: fakeFlow({ layers: 82, steps: 200 }), search: { flow: "zero_share" } },
});
