import { useState } from "react";
import { expect, fn, screen, waitFor, within } from "storybook/test";
import recorded from "../../../../docs/reference/recipe.schema.json";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { SearchField } from "../../ui/SearchField/SearchField.tsx";
import type { RootSchema, Values } from "../model/schema.ts";
import { LEVELS } from "../model/sections.ts";
import { useHistory, useUndoKeys } from "../useHistory.ts";
import { SchemaForm, type SchemaFormProps } from "./SchemaForm.tsx";

const schema = recorded as unknown as RootSchema;
const changed = fn();
const baseline: Values = {
  task: "finetune",
  name: "tiny LoRA",
  model: { kind: "pretrained", source: "stories@120" },
  data: { dataset: "faq" },
  tuning: { kind: "lora", rank: 8 },
  loop: { num_epochs: 3 },
};
const value: Values = {
  ...baseline,
  tuning: { kind: "lora", rank: 16 },
  schedule: { kind: "linear", warmup_steps: 20 },
};

const meta = preview.meta({
  title: "Forms/SchemaForm",
  component: SchemaForm,
  args: {
    schema,
    definition: "FinetuneSpec",
    value,
    baseline,
    level: "advanced",
    query: "",
    errors: [],
    suggestions: {
      "data.dataset": [
        { id: "faq", label: "faq", description: "122 rows, prompts" },
        { id: "stories", label: "stories", description: "8,000 rows, text" },
      ],
      "model.source": [{ id: "stories@120", label: "stories@120", description: "step 120" }],
    },
    onChange: changed,
  } as SchemaFormProps,
  argTypes: {
    schema: { control: false },
    suggestions: { control: false },
    extras: { control: false },
    reveal: { control: false },
    level: { control: "inline-radio", options: LEVELS },
  },
});

/** A form that lives: with undo, and a search. */
function Live(props: SchemaFormProps) {
  const history = useHistory(props.value);
  const [query, setQuery] = useState(props.query ?? "");
  useUndoKeys(history);
  return (
    <Panel
      title="Training"
      flush
      tools={
        <>
          <Button size="small" onPress={history.undo} isDisabled={!history.canUndo}>
            Undo
          </Button>
          <SearchField label="Search settings" value={query} onChange={setQuery} className="w-56" />
        </>
      }
    >
      <SchemaForm
        {...props}
        query={query}
        value={history.value}
        onChange={(next, name) => {
          history.set(next, name);
          props.onChange(next, name);
        }}
      />
    </Panel>
  );
}

const last = () => changed.mock.lastCall?.[0] as Values;
const render = (args: SchemaFormProps) => <Live {...args} />;

export const Playground = meta.story({
  render,
  play: async ({ canvas, userEvent }) => {
    const rank = canvas.getByRole("textbox", { name: "Rank" });
    await userEvent.click(canvas.getByRole("button", { name: "Rank was 8, reset" }));
    await expect(rank).toHaveValue("8");
    await expect(canvas.queryByRole("button", { name: /Rank was/ })).toBeNull();

    await userEvent.clear(rank);
    await userEvent.type(rank, "5000");
    await expect(rank).toBeInvalid();
    await expect(rank).toHaveValue("5000");
    await userEvent.click(canvas.getByRole("button", { name: "Use 1,024" }));
    await expect(rank).toHaveValue("1,024");
    await expect(last().tuning).toEqual({ kind: "lora", rank: 1024 });

    await userEvent.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(rank).toHaveValue("5,000"));
    await userEvent.click(canvas.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(rank).toHaveValue("8"));

    await userEvent.click(canvas.getByRole("button", { name: /LoRA.*Method|Method.*LoRA/ }));
    await userEvent.click(await screen.findByRole("option", { name: /^Full/ }));
    await expect(canvas.queryByRole("textbox", { name: "Rank" })).toBeNull();
    await expect(last().tuning).toBeUndefined();
    await userEvent.click(canvas.getByRole("button", { name: "Undo" }));
    await expect(canvas.getByRole("textbox", { name: "Rank" })).toHaveValue("8");

    const search = canvas.getByRole("searchbox", { name: "Search settings" });
    await userEvent.type(search, "squared gradient");
    await expect(canvas.getByRole("textbox", { name: "Beta2" })).toBeVisible();
    await expect(canvas.getByText("1 setting found")).toBeVisible();
    await userEvent.clear(search);

    await userEvent.click(canvas.getByRole("button", { name: /^Schedule/ }));
    await expect(canvas.getByRole("textbox", { name: "Warm-up steps" })).toHaveValue("20");
    const steps = canvas.getByRole("textbox", { name: "Steps" });
    await expect(steps).toHaveAttribute("placeholder", "as many as num_epochs needs");
    await userEvent.type(steps, "400");
    await expect(last().loop).toEqual({ num_epochs: 3, max_steps: 400 });
    await userEvent.clear(steps);
    await expect(last().loop).toEqual({ num_epochs: 3 });
  },
});

const errors = [
  {
    field: "optimizer.learning_rate",
    message: "input should be less than or equal to 10, not 20",
    fix: "Set optimizer.learning_rate to at most 10.0.",
  },
  { field: "data.dataset", message: "there is no dataset “nope”", fix: "There is: faq, stories." },
  {
    field: "schedule.warmup_steps",
    message: "it is longer than the run",
    fix: "Set schedule.warmup_steps to at most 100.",
  },
  {
    field: "model",
    message: "hidden_size 130 does not divide by num_heads 4",
    fix: "Set num_heads to 5, or give head_size",
  },
  { field: "optimizer.foo", message: "there is no such setting here", fix: "There is: kind, learning_rate." },
];

export const Errors = meta.story({
  render,
  args: {
    definition: "PretrainSpec",
    level: "beginner",
    errors,
    baseline: { task: "pretrain", data: { dataset: "faq" } },
    value: {
      task: "pretrain",
      data: { dataset: "nope" },
      model: { kind: "transformer", hidden_size: 130 },
      optimizer: { kind: "adamw", learning_rate: 20, foo: 1 },
      schedule: { kind: "cosine", warmup_steps: 400 },
    },
  },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole("textbox", { name: "Learning rate" })).toBeInvalid();
    await expect(canvas.getByText("There is no dataset “nope”. There is: faq, stories.")).toBeVisible();
    const across = canvas.getByText(/does not divide/).closest("[role=alert]") as HTMLElement;
    await userEvent.click(within(across).getByRole("button", { name: "Width" }));
    await waitFor(() => expect(canvas.getByRole("textbox", { name: "Width" })).toHaveFocus());
    await userEvent.click(within(across).getByRole("button", { name: "Use 5" }));
    await expect(last().model).toEqual({ kind: "transformer", hidden_size: 130, num_heads: 5 });
    await userEvent.click(canvas.getByRole("button", { name: "Take it away" }));
    await expect(last().optimizer).toEqual({ kind: "adamw", learning_rate: 20 });
    await userEvent.click(canvas.getByRole("button", { name: /^Schedule 1 value needs a look/ }));
    await userEvent.click(canvas.getByRole("button", { name: "Use 100" }));
    await expect(last().schedule).toEqual({ kind: "cosine", warmup_steps: 100 });
  },
});

export const Revealed = meta.story({
  args: { level: "beginner", reveal: { name: "checkpoints.keep_last", at: 1 } },
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getByRole("textbox", { name: "Newest that are kept" })).toHaveFocus());
  },
});

export const NothingFound = meta.story({
  args: { query: "flux capacitor" },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/No setting has “flux capacitor”/)).toBeVisible();
  },
});

export const Levels = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      {LEVELS.map((level) => (
        <Panel key={level} title={level} flush>
          <SchemaForm {...args} level={level} />
        </Panel>
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.queryAllByRole("button", { name: /^When numbers go wrong/ })).toHaveLength(2);
  },
});
