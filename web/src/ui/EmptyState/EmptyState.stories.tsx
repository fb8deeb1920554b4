import { Diamond } from "lucide-react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { EmptyState } from "./EmptyState.tsx";

const onSave = fn();
const meta = preview.meta({
  title: "Parts/EmptyState",
  component: EmptyState,
  args: {
    title: "No checkpoints yet",
    text: "The first is saved at step 1,000, in about 2 minutes.",
    action: (
      <Button size="small" icon={Diamond} onPress={onSave}>
        Save one now
      </Button>
    ),
  },
  argTypes: { action: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(onSave).toHaveBeenCalled();
    await expect(canvas.getByText("No checkpoints yet")).toBeVisible();
  },
});

export const WithoutAction = meta.story({
  args: { action: undefined },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("button")).toBeNull();
  },
});
