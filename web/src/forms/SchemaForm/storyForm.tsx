// A form of one definition that keeps what is typed, for stories.
import { fn } from "storybook/test";
import recorded from "../../../../docs/reference/recipe.schema.json";
import { Panel } from "../../ui/Panel/Panel.tsx";
import type { RootSchema, Values } from "../model/schema.ts";
import { useHistory, useUndoKeys } from "../useHistory.ts";
import { SchemaForm, type SchemaFormProps } from "./SchemaForm.tsx";

const schema = recorded as unknown as RootSchema;
const changed = fn();
/** What the form holds now. */
export const last = () => changed.mock.lastCall?.[0] as Values;
export const argTypes = {
  schema: { control: false },
  suggestions: { control: false },
  extras: { control: false },
  reveal: { control: false },
} as const;

/** What every such story begins with. */
export function argsOf(definition: string): SchemaFormProps {
  return { schema, definition, value: {}, level: "expert", errors: [], onChange: changed };
}

export function KeptForm(args: SchemaFormProps) {
  const history = useHistory(args.value);
  useUndoKeys(history);
  return (
    <Panel title={args.definition} flush>
      <SchemaForm
        {...args}
        value={history.value}
        onChange={(next, name) => {
          history.set(next, name);
          args.onChange(next, name);
        }}
      />
    </Panel>
  );
}
