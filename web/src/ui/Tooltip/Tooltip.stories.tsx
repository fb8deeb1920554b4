import { Copy } from "lucide-react";
import { expect, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { HelpTip } from "./HelpTip.tsx";
import { Tooltip, type TooltipProps } from "./Tooltip.tsx";

const meta = preview.meta({
  title: "Parts/Tooltip",
  component: Tooltip,
  args: {
    content: "Copy as YAML",
    delay: 0,
    children: (
      <Button icon={Copy} look="ghost" iconOnly>
        Copy as YAML
      </Button>
    ),
  } as TooltipProps,
  argTypes: { children: { control: false } },
});

export const Playground = meta.story({
  play: async ({ userEvent }) => {
    await userEvent.tab();
    await expect(await screen.findByRole("tooltip")).toHaveTextContent("Copy as YAML");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("tooltip")).not.toBeInTheDocument());
  },
});

export const OnPlainElement = meta.story({
  args: {
    content: "1.91823744 at step 9,000",
    children: (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the exact value must be reachable by keyboard
      <span role="img" aria-label="1.918" tabIndex={0}>
        1.918
      </span>
    ),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await expect(await screen.findByRole("tooltip")).toHaveTextContent("1.91823744");
    await expect(canvas.getByRole("img")).toHaveAccessibleDescription("1.91823744 at step 9,000");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid justify-items-center gap-12 py-12">
      <Tooltip content="Above" placement="top">
        <Button>Short</Button>
      </Tooltip>
      <Tooltip
        content="A long sentence wraps at eighteen rem, so that it stays readable beside the thing that it explains."
        placement="bottom"
      >
        <Button>Long</Button>
      </Tooltip>
      <Tooltip content="Never shown" isDisabled>
        <Button>Disabled tooltip</Button>
      </Tooltip>
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    canvas.getByRole("button", { name: "Disabled tooltip" }).focus();
    await expect(screen.queryByRole("tooltip")).toBeNull();
    await userEvent.tab({ shift: true });
    await expect(await screen.findByRole("tooltip")).toHaveTextContent(/A long sentence/);
  },
});

export const Help = meta.story({
  render: () => (
    <p className="flex items-center gap-1">
      Perplexity
      <HelpTip about="perplexity">
        How many tokens the model hesitates between, on average. It is e to the power of the loss.
      </HelpTip>
    </p>
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "What is perplexity?" }));
    await expect(await screen.findByRole("dialog")).toHaveTextContent("hesitates");
  },
});
