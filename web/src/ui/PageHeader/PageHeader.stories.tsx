import { MoreHorizontal, Pause, Plus } from "lucide-react";
import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { StatusPill } from "../StatusPill/StatusPill.tsx";
import { ThreadLine } from "../ThreadLine/ThreadLine.tsx";
import { PageHeader } from "./PageHeader.tsx";

const meta = preview.meta({
  title: "Parts/PageHeader",
  component: PageHeader,
  args: {
    title: "linen-07",
    before: <ThreadLine thread={{ color: 1, dash: 1 }} />,
    after: <StatusPill state="running" />,
    sub: ["Fine-tune of loom-base 34M on shop-dialogues v4", "balanced-lora, 3 changes"],
    actions: (
      <>
        <Button icon={Pause}>Pause</Button>
        <Button icon={Plus} look="primary">
          New run
        </Button>
        <Button icon={MoreHorizontal} iconOnly>
          More
        </Button>
      </>
    ),
  },
  argTypes: { before: { control: false }, after: { control: false }, actions: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const title = canvas.getByRole("heading", { level: 1, name: "linen-07" });
    title.focus();
    await expect(title).toHaveFocus();
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Pause" })).toHaveFocus();
    await expect(canvas.getByText("Training")).toBeVisible();
  },
});

export const States = meta.story({
  args: {
    title:
      "A title that is as long as a name can become, with_an_identifier_that_does_not_want_to_break_anywhere_at_all",
    sub: [],
  },
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
