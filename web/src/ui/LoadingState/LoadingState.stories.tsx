import { expect, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { LoadingState } from "./LoadingState.tsx";

const meta = preview.meta({
  title: "Parts/LoadingState",
  component: LoadingState,
  args: { text: "Reading 64 layers", progress: "12 of 64 done", waited: 0 },
  argTypes: { children: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, canvasElement }) => {
    const state = canvasElement.querySelector("[data-stage]");
    await expect(canvas.queryByText(/Reading/)).toBeNull();
    await waitFor(() => expect(Number(state?.getAttribute("data-stage"))).toBeGreaterThanOrEqual(1));
    await waitFor(() => expect(canvas.getByRole("status")).toHaveTextContent("Reading 64 layers"), {
      timeout: 4000,
    });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-4 gap-4 max-sm:grid-cols-1">
      {[0, 0.3, 3, 11].map((waited) => (
        <LoadingState key={waited} {...args} waited={waited} />
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    const said = canvas.getAllByRole("status");
    await expect(said[3]).toHaveTextContent("Reading 64 layers, 12 of 64 done");
    await expect(said[2]).toHaveTextContent(/^Reading 64 layers$/);
  },
});
