import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { ToastRegion } from "./ToastRegion.tsx";
import { clearToasts, toast, undoToast } from "./toast.ts";

const undo = fn();

const meta = preview.meta({
  title: "Parts/Toast",
  component: ToastRegion,
  beforeEach: () => {
    clearToasts();
    return clearToasts;
  },
  render: () => (
    <div className="h-80">
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => undoToast("linen-04 moved to the bin", "Undo", undo)}>Move to the bin</Button>
        <Button onPress={() => toast({ message: "Saved as balanced-lora", tone: "success", seconds: 1 })}>
          Save
        </Button>
        <Button
          onPress={() =>
            toast({
              message: "Samples stopped at step 9,000. Training goes on.",
              tone: "danger",
              action: { label: "Use 4 prompts", onPress: fn() },
            })
          }
        >
          Fail
        </Button>
      </div>
      <ToastRegion />
    </div>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Move to the bin" }));
    const message = await screen.findByRole("status");
    await expect(message).toHaveTextContent("linen-04 moved to the bin");
    await expect(message).toHaveTextContent("Undo, 10 s");
    await waitFor(() => expect(message).toHaveTextContent("Undo, 9 s"), { timeout: 3000 });
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await expect(undo).toHaveBeenCalledOnce();
    await expect(screen.queryByRole("status")).not.toBeInTheDocument();
  },
});

export const LeavesByItself = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.getByRole("status")).toBeVisible());
    await waitFor(() => expect(screen.queryByRole("status")).not.toBeInTheDocument(), { timeout: 4000 });
  },
});

export const States = meta.story({
  play: async ({ canvas, userEvent }) => {
    toast({
      message: "Paused at step 9,415. 9.8 GB of GPU memory released.",
      tone: "success",
      seconds: 0,
      action: { label: "Resume", onPress: fn() },
    });
    toast({ message: "Copied", seconds: 0 });
    toast({ message: "The disk has 2 GB left.", tone: "warning", seconds: 0 });
    await userEvent.click(canvas.getByRole("button", { name: "Fail" }));
    await expect(await screen.findAllByRole("alert")).toHaveLength(2);
    await expect(screen.getAllByRole("status")).toHaveLength(2);
  },
});
