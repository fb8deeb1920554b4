import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeEvents, fakeSpec } from "../../../testing/run.ts";
import { currentValue, journalOf } from "../facts/journal.ts";
import { Journal } from "./Journal.tsx";

const meta = preview.meta({
  title: "Features/Run/Journal",
  component: Journal,
  args: {
    entries: journalOf(fakeEvents(), fakeSpec),
    current: (key: string) => currentValue(fakeEvents(), fakeSpec, key),
    pending: "",
    onSet: fn(async () => true),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("Learning rate 0.0002 → 0.0001")).toBeVisible();
    await userEvent.click(canvas.getAllByRole("button", { name: "Undo" })[0] as HTMLElement);
    await expect(args.onSet).toHaveBeenCalledWith("optimizer.learning_rate", 0.0002);
    await userEvent.click(canvas.getByRole("button", { name: "Change a setting" }));
    const field = await screen.findByRole("textbox", { name: /New value/ });
    await userEvent.clear(field);
    await userEvent.type(field, "5e-5{Enter}");
    await expect(args.onSet).toHaveBeenLastCalledWith("optimizer.learning_rate", 5e-5);
    await userEvent.keyboard("{Escape}");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[420px] gap-4">
      <Journal {...args} entries={[]} />
      <Journal {...args} pending="set" />
      <Journal {...args} why="Settings change while the run trains." />
      <Journal {...args} isOver />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("button", { name: "Change a setting" })).toHaveLength(3);
    await expect(canvas.getByText("waits for the trainer")).toBeVisible();
  },
});

export const Mixed = meta.story({
  args: {
    mix: ["old-books"],
    current: (key: string) => (key === "data.mix.0.share" ? 0.2 : null),
    entries: [],
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Change a setting" }));
    await userEvent.click(await screen.findByRole("button", { name: /Setting/ }));
    await userEvent.click(await screen.findByRole("option", { name: "Share of old-books" }));
    const field = await screen.findByRole("textbox", { name: /New value/ });
    await expect(field).toHaveValue("0.2");
    await userEvent.clear(field);
    await userEvent.type(field, "0.35{Enter}");
    await expect(args.onSet).toHaveBeenCalledWith("data.mix.0.share", 0.35);
  },
});
