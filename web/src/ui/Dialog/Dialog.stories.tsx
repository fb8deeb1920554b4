import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { TextField } from "../TextField/TextField.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { Dialog, type DialogProps } from "./Dialog.tsx";

const meta = preview.meta({
  title: "Parts/Dialog",
  component: Dialog,
  args: { isOpen: false, title: "Save as recipe", children: null, onOpenChange: fn() } as DialogProps,
  argTypes: { isOpen: { control: false } },
});

function Live(args: DialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState("balanced-lora");
  return (
    <>
      <Button onPress={() => setIsOpen(true)}>Save as</Button>
      <Dialog
        {...args}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        actions={
          <>
            <Button onPress={() => setIsOpen(false)}>Cancel</Button>
            <Button look="primary" onPress={() => setIsOpen(false)}>
              Save recipe
            </Button>
          </>
        }
      >
        {args.children ?? (
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            help="Keeps 3 changes from the preset."
            autoFocus
          />
        )}
      </Dialog>
    </>
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByRole("dialog", { name: "Save as recipe" })).toBeVisible());
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Name" })).toHaveFocus());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(canvas.getByRole("button", { name: "Save as" })).toHaveFocus());
  },
});

const stop = fn();

function Asking() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button look="danger" onPress={() => setIsOpen(true)}>
        Stop
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        question="Stop linen-07 at step 9,415?"
        consequence="The checkpoint of step 9,415 is saved first. The run can go on from it later."
        confirmLabel="Stop and save"
        cancelLabel="Keep training"
        danger
        onConfirm={stop}
      />
    </>
  );
}

export const Confirm = meta.story({
  render: () => <Asking />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    const dialog = await screen.findByRole("alertdialog", { name: /Stop linen-07/ });
    await waitFor(() => expect(dialog).toBeVisible());
    await waitFor(() => expect(screen.getByRole("button", { name: "Keep training" })).toHaveFocus());
    await userEvent.click(screen.getByRole("button", { name: "Stop and save" }));
    await expect(stop).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.queryByRole("alertdialog")).not.toBeInTheDocument());
  },
});

export const Open = meta.story({
  render: () => (
    <Dialog
      isOpen
      onOpenChange={fn()}
      title="What a true pause releases"
      actions={<Button look="primary">Pause</Button>}
    >
      {"A long text that scrolls within the dialog while its title and buttons stay. ".repeat(60)}
    </Dialog>
  ),
  play: async () => {
    await waitFor(() => expect(screen.getByRole("dialog")).toBeVisible());
    await waitFor(() => expect(screen.getByRole("button", { name: "Pause" })).toBeVisible());
  },
});
