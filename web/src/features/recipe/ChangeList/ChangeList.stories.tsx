import { expect, fn } from "storybook/test";
import recorded from "../../../../../docs/reference/recipe.schema.json";
import preview from "../../../../.storybook/preview.tsx";
import { changesOf } from "../../../forms/model/entries.ts";
import { fieldsOf } from "../../../forms/model/model.ts";
import type { RootSchema } from "../../../forms/model/schema.ts";
import { ChangeList } from "./ChangeList.tsx";

const fields = fieldsOf(recorded as unknown as RootSchema, "FinetuneSpec");
const baseline = { tuning: { kind: "lora", rank: 8 } };
const spec = {
  tuning: { kind: "lora", rank: 16 },
  schedule: { kind: "linear" },
  checkpoints: { every_steps: null },
};

const meta = preview.meta({
  title: "Features/Recipe/ChangeList",
  component: ChangeList,
  args: { changes: changesOf(fields, spec, baseline), onFocus: fn(), onReset: fn(), onResetAll: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Method: Rank" }));
    await expect(args.onFocus).toHaveBeenCalledWith("tuning.rank");
    await userEvent.click(canvas.getByRole("button", { name: "Reset Rank" }));
    await expect(args.onReset).toHaveBeenCalledOnce();
    await userEvent.click(canvas.getByRole("button", { name: "Reset all" }));
    await expect(args.onResetAll).toHaveBeenCalledOnce();
  },
});

export const Empty = meta.story({ args: { changes: [] } });
