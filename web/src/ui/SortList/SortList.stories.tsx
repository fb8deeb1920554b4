import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { EmptyState } from "../EmptyState/EmptyState.tsx";
import { SortList } from "./SortList.tsx";

const items = ["HTML", "White space", "Redact"].map((name) => ({
  id: name,
  name,
  content: <span className="font-medium">{name}</span>,
}));

const meta = preview.meta({
  title: "UI/SortList",
  component: SortList,
  args: { label: "Steps", items, chosen: "HTML", onChoose: fn(), onOrder: fn(), onRemove: fn() },
  render: function Render(args) {
    const [order, setOrder] = useState(args.items.map(({ id }) => id));
    const [chosen, setChosen] = useState(args.chosen);
    const shown = order.flatMap((id) => args.items.filter((item) => item.id === id));
    return (
      <div className="max-w-96 rounded-panel border border-line bg-surface">
        <SortList
          {...args}
          items={shown}
          chosen={chosen}
          onChoose={(id) => {
            setChosen(id);
            args.onChoose(id);
          }}
          onOrder={(ids) => {
            setOrder(ids);
            args.onOrder(ids);
          }}
          onRemove={(id) => {
            setOrder(order.filter((each) => each !== id));
            args.onRemove(id);
          }}
        />
      </div>
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByText("Redact"));
    await expect(args.onChoose).toHaveBeenLastCalledWith("Redact");
    await userEvent.click(canvas.getByRole("button", { name: "More for Redact" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Move up" }));
    await expect(args.onOrder).toHaveBeenLastCalledWith(["HTML", "Redact", "White space"]);
    await userEvent.click(canvas.getByRole("button", { name: "More for HTML" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
    await expect(args.onRemove).toHaveBeenLastCalledWith("HTML");
    await expect(canvas.queryByText("HTML")).toBeNull();
  },
});

/** Enter on the handle takes a thing, arrows carry it, Enter lays it down. */
export const ByKeyboard = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByText("HTML"));
    canvas.getByRole("button", { name: /^Move HTML/ }).focus();
    await userEvent.keyboard("{Enter}");
    await userEvent.keyboard("{ArrowDown}");
    await userEvent.keyboard("{Enter}");
    await expect(args.onOrder).toHaveBeenCalled();
  },
});

export const Empty = meta.story({
  args: { items: [], chosen: null, empty: <EmptyState title="No steps yet" text="Add one." /> },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("No steps yet")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: {
    items: Array.from({ length: 60 }, (_, at) => ({
      id: String(at),
      name: `Step ${at + 1}`,
      content: (
        <span>{`Step ${at + 1} with a name that is much longer than the place that it has in this list`}</span>
      ),
    })),
    chosen: "3",
  },
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("row")).toHaveLength(60);
  },
});
