import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { NumberField } from "../NumberField/NumberField.tsx";
import { Switch } from "../Switch/Switch.tsx";
import { Sheet, type SheetProps } from "./Sheet.tsx";

const meta = preview.meta({
  title: "Parts/Sheet",
  component: Sheet,
  args: { isOpen: false, title: "Change while it runs", children: null, onOpenChange: fn() } as SheetProps,
  argTypes: { isOpen: { control: false }, size: { control: "inline-radio", options: ["medium", "wide"] } },
});

function Live({ startsOpen, ...args }: SheetProps & { startsOpen?: boolean }) {
  const [isOpen, setIsOpen] = useState(startsOpen ?? false);
  return (
    <>
      <Button onPress={() => setIsOpen(true)}>Adjust</Button>
      <Sheet
        {...args}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        actions={<Button look="primary">Apply at step 9,420</Button>}
      >
        <div className="grid gap-4">
          <NumberField
            label="Learning rate"
            value={2e-4}
            scale="log"
            onChange={fn()}
            help="Takes effect at the next step."
          />
          <Switch label="Save a checkpoint first" value onChange={fn()} />
        </div>
      </Sheet>
    </>
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Adjust" }));
    await waitFor(() => expect(screen.getByRole("dialog", { name: "Change while it runs" })).toBeVisible());
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(canvas.getByRole("button", { name: "Adjust" })).toHaveFocus());
  },
});

export const Open = meta.story({
  render: (args) => <Live {...args} startsOpen />,
  play: async () => {
    await waitFor(() => expect(screen.getByRole("dialog")).toBeVisible());
  },
});
