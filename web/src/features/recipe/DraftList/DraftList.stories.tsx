import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import type { Draft } from "../pure/drafts.ts";
import { DraftList } from "./DraftList.tsx";

const draft = (at: number): Draft => ({
  id: `draft${at}`,
  title:
    at === 1 ? "a name so long that it has to wrap onto a second line of this narrow list" : `recipe ${at}`,
  spec: {},
  baseline: {},
  origin: { kind: at % 2 ? "preset" : "run", name: at % 2 ? "cpu/tiny-lora" : "1m8a59gwmztawytr" },
  saved: 1_795_637_429 - at * 4000,
});

const meta = preview.meta({
  title: "Features/Recipe/DraftList",
  component: DraftList,
  args: { drafts: [draft(0), draft(1), draft(2)], onDelete: fn() },
  argTypes: { drafts: { control: "object" } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("link", { name: "recipe 0" })).toHaveAttribute(
      "href",
      "/recipes/edit?draft=draft0",
    );
    await userEvent.click(canvas.getByRole("button", { name: "Delete draft recipe 2" }));
    await expect(args.onDelete).toHaveBeenCalledWith(expect.objectContaining({ id: "draft2" }));
  },
});

export const Empty = meta.story({ args: { drafts: [] } });
export const Huge = meta.story({ args: { drafts: Array.from({ length: 50 }, (_, at) => draft(at)) } });
