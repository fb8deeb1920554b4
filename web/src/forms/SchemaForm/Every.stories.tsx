// Every definition of the real schema is drawn, edited and brought back.
import { useState } from "react";
import { expect, screen, waitFor, within } from "storybook/test";
import recorded from "../../../../docs/reference/recipe.schema.json";
import preview from "../../../.storybook/preview.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { entriesOf } from "../model/entries.ts";
import { fieldsOf } from "../model/model.ts";
import { definitionOf, type RootSchema, type Values } from "../model/schema.ts";
import { humaniseOption } from "../model/words.ts";
import { SchemaForm } from "./SchemaForm.tsx";

const schema = recorded as unknown as RootSchema;
let now: Values = {};

function Whole({ task }: { task: string }) {
  const [value, setValue] = useState<Values>({ task });
  now = value;
  return (
    <Panel title={task} flush>
      <SchemaForm
        schema={schema}
        definition={definitionOf(schema, task) ?? ""}
        value={value}
        baseline={{ task }}
        onChange={setValue}
        level="expert"
        query="_"
      />
    </Panel>
  );
}

const meta = preview.meta({
  title: "Forms/SchemaForm/Every definition",
  component: Whole,
  args: { task: "pretrain" },
  argTypes: { task: { control: "select", options: Object.keys(schema.discriminator?.mapping ?? {}) } },
});

interface Tools {
  canvasElement: HTMLElement;
  args: { task: string };
  userEvent: {
    click: (target: Element) => Promise<void>;
    clear: (target: Element) => Promise<void>;
    type: (target: Element, text: string) => Promise<void>;
  };
}

const control = (root: HTMLElement, name: string) => {
  const field = root.querySelector(`[data-field="${name}"]`);
  if (!field) throw new Error(`${name} is not drawn`);
  return field;
};

/** Adds an item, of the first kind where there are several, and takes it away. */
async function oneMore(field: Element, userEvent: Tools["userEvent"]) {
  const items = () => field.querySelectorAll("[data-item]").length;
  const before = items();
  const add = field.querySelector("[data-add] button");
  if (!add) throw new Error("nothing adds an item");
  await userEvent.click(add);
  if (add.getAttribute("aria-haspopup")) {
    const [first] = await screen.findAllByRole("menuitem");
    if (first) await userEvent.click(first);
  }
  await waitFor(() => expect(items()).toBe(before + 1));
  const remove = [...field.querySelectorAll("[data-act=remove] button")].at(-1);
  if (remove) await userEvent.click(remove);
  await waitFor(() => expect(items()).toBe(before));
}

/** Chooses each branch of each union, types into each number and text, flips each switch, and resets all of it. */
async function play({ canvasElement, args, userEvent }: Tools) {
  const fields = fieldsOf(schema, definitionOf(schema, args.task) ?? "");
  const done = new Set<string>();
  const todo = () =>
    entriesOf(fields, now).filter(
      (each) => each.name.includes("_") && !done.has(each.name) && !each.branches,
    );
  const kinds = entriesOf(fields, now).filter((each) => each.branches);
  for (const entry of todo()) {
    done.add(entry.name);
    const field = control(canvasElement, entry.name);
    const { type } = entry.field.control;
    const input = field.querySelector("input:not([type=hidden])");
    if ((type === "number" || type === "text") && input) {
      await userEvent.clear(input);
      await userEvent.type(input, type === "number" ? "7" : "abc");
    }
    if (type === "switch" && input) await userEvent.click(input);
    if (type === "list") await oneMore(field, userEvent);
    const reset = field.querySelector("button[aria-label$=', reset']");
    if (reset) await userEvent.click(reset);
  }
  for (const entry of kinds) {
    const last = entry.branches?.at(-1);
    if (!last || !canvasElement.querySelector(`[data-field="${entry.name}"]`) || last.kind === entry.value)
      continue;
    const field = control(canvasElement, entry.name);
    const name = new RegExp(`^${humaniseOption(last.kind)}`);
    const beside = within(field as HTMLElement).queryByRole("radio", { name });
    if (beside) await userEvent.click(beside);
    else {
      await userEvent.click(within(field as HTMLElement).getByRole("button", { expanded: false }));
      await userEvent.click(await screen.findByRole("option", { name }));
    }
    await waitFor(() =>
      expect(entriesOf(fields, now).find((each) => each.name === entry.name)?.value).toBe(last.kind),
    );
  }
  await expect(done.size + kinds.length).toBeGreaterThan(0);
}

export const Pretrain = meta.story({ args: { task: "pretrain" }, play });
export const Finetune = meta.story({ args: { task: "finetune" }, play });
export const Evaluate = meta.story({ args: { task: "evaluate" }, play });
export const Export = meta.story({ args: { task: "export" }, play });
export const Generate = meta.story({ args: { task: "generate" }, play });
export const Import = meta.story({ args: { task: "import" }, play });
export const Tokenizer = meta.story({ args: { task: "tokenizer" }, play });
