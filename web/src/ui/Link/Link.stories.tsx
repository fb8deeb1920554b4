import { ArrowRight } from "lucide-react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Link, type LinkProps } from "./Link.tsx";

const meta = preview.meta({
  title: "Parts/Link",
  component: Link,
  args: { children: "shop-dialogues v4", look: "plain", onPress: fn() } as LinkProps,
  argTypes: { look: { control: "inline-radio", options: ["inline", "plain", "quiet", "block"] } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const link = canvas.getByRole("link", { name: "shop-dialogues v4" });
    await userEvent.tab();
    await expect(link).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(link);
    await expect(args.onPress).toHaveBeenCalledTimes(2);
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-3">
      <p>
        Start waits for one value:{" "}
        <Link look="inline" href="#warm-up">
          Warm-up
        </Link>{" "}
        is 3, the most is 0.5.
      </p>
      <Link href="#plain">loom-base 34M</Link>
      <Link look="quiet" href="#quiet">
        Recipes
      </Link>
      <Link href="#icon" icon={ArrowRight}>
        Open the run
      </Link>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Warm-up" })).toHaveAttribute("href", "#warm-up");
  },
});
