import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeCheckpoints } from "../../../testing/run.ts";
import { Checkpoints } from "./Checkpoints.tsx";

const damaged = fakeCheckpoints().map((each) => ({ ...each, problems: ["model.safetensors: another hash"] }));

const meta = preview.meta({
  title: "Features/Run/Checkpoints",
  component: Checkpoints,
  args: {
    items: fakeCheckpoints(),
    run: "1m8linen07",
    isLive: false,
    isVerified: false,
    isVerifying: false,
    onVerify: fn(),
    onDelete: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Verify" }));
    await expect(args.onVerify).toHaveBeenCalled();
    await userEvent.click(canvas.getByRole("button", { name: "More for step 400" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await expect(args.onDelete).toHaveBeenCalledWith(expect.objectContaining({ step: 400 }));
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[520px] gap-4">
      <Checkpoints {...args} items={[]} isLive />
      <Checkpoints {...args} isVerifying />
      <Checkpoints {...args} isVerified />
      <Checkpoints {...args} items={damaged} isVerified />
    </div>
  ),
});
