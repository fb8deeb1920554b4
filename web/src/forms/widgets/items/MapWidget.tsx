import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { type Item, itemsOf, renamed } from "../../model/items.ts";
import { type Control, firstValue } from "../../model/model.ts";
import { isValues, type Values } from "../../model/schema.ts";
import type { WidgetProps } from "../types.ts";
import { ItemProblem, ItemSettings } from "./ItemRow.tsx";
import { ItemsFrame } from "./ItemsFrame.tsx";
import { useItemFocus } from "./useItemFocus.ts";

const NOTHING: Values = {};

/** Names, each with a value: added, renamed and removed. */
export function MapWidget({ entry, frame, onChange, draw }: WidgetProps) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  const values = isValues(entry.value) ? entry.value : NOTHING;
  const items = itemsOf(entry);
  const focus = useItemFocus(root, values);
  const { control } = entry.field;
  if (control.type !== "map") return null;
  const remove = (key: string, at: number) => {
    const { [key]: _, ...rest } = values;
    focus.next(Math.min(at, items.length - 2), "remove", t("Removed."));
    onChange(rest, "");
  };
  const add = (key: string) => {
    focus.next(items.length, "field");
    onChange({ ...values, [key]: firstValue(control.item.control) }, "");
  };
  return (
    <ItemsFrame
      entry={entry}
      frame={frame}
      onChange={onChange}
      root={root}
      items={items}
      said={focus.said}
      add={<NewName label={frame.label} control={control} taken={values} onAdd={add} />}
    >
      {(item, at) => (
        <Pair
          // A pair keeps its place when it is renamed, and the focus with it
          key={at}
          item={item}
          draw={draw}
          taken={values}
          onRename={(to) => onChange(renamed(values, item.key, to), "")}
          onRemove={() => remove(item.key, at)}
        />
      )}
    </ItemsFrame>
  );
}

/** What is wrong with a name that was typed; undefined where it can stand. */
function useNameError() {
  const { t } = useTranslation();
  return (name: string, taken: Values, own = ""): string | undefined => {
    if (name === "") return t("A name is needed.");
    if (name !== own && Object.hasOwn(taken, name)) return t("“{{name}}” is there already.", { name });
    return undefined;
  };
}

interface PairProps {
  item: Item;
  draw: WidgetProps["draw"];
  taken: Values;
  onRename: (to: string) => void;
  onRemove: () => void;
}

/** A name and its value. The name counts when it is left, or at Enter. */
function Pair({ item, draw: Draw, taken, onRename, onRemove }: PairProps) {
  const { t } = useTranslation();
  const errorOf = useNameError();
  const [draft, setDraft] = useState({ of: item.key, text: item.key });
  const text = draft.of === item.key ? draft.text : item.key;
  const error = errorOf(text, taken, item.key);
  const rename = () => {
    if (error === undefined && text !== item.key) onRename(text);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend and a box
    <div role="group" aria-label={item.key} data-item={item.name} className="min-w-0">
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-2">
        <TextField
          label={t("Name of {{name}}", { name: item.key })}
          hideLabel
          mono
          value={text}
          onChange={(next) => setDraft({ of: item.key, text: next })}
          onBlur={rename}
          onSubmit={rename}
          {...(error === undefined ? {} : { error })}
        />
        {item.head ? <Draw entry={item.head} label={t("Value of {{name}}", { name: item.key })} /> : <span />}
        <span data-act="remove">
          <Button look="ghost" icon={X} iconOnly onPress={onRemove}>
            {t("Remove {{name}}", { name: item.key })}
          </Button>
        </span>
      </div>
      <ItemProblem item={item} />
      <ItemSettings item={item} draw={Draw} />
    </div>
  );
}

interface NewNameProps {
  label: string;
  control: Extract<Control, { type: "map" }>;
  taken: Values;
  onAdd: (key: string) => void;
}

/** One more: its name first, then Enter or the button. */
function NewName({ label, control, taken, onAdd }: NewNameProps) {
  const { t } = useTranslation();
  const errorOf = useNameError();
  const [name, setName] = useState("");
  const [error, setError] = useState<string | undefined>();
  const isFull = control.most !== undefined && Object.keys(taken).length >= control.most;
  if (isFull)
    return (
      <p className="text-caption text-muted">
        {t("{{count}} is the most there can be.", { count: control.most })}
      </p>
    );
  const add = () => {
    const wrong = errorOf(name, taken);
    setError(wrong);
    if (wrong !== undefined) return;
    setName("");
    onAdd(name);
  };
  return (
    <div data-add="" className="flex flex-wrap items-start gap-2">
      <TextField
        label={t("New name in {{label}}", { label })}
        hideLabel
        mono
        placeholder={t("Name")}
        className="w-56"
        value={name}
        onChange={(next) => {
          setName(next);
          setError(undefined);
        }}
        onSubmit={add}
        {...(error === undefined ? {} : { error })}
      />
      <Button icon={Plus} onPress={add}>
        {t("Add to {{label}}", { label })}
      </Button>
    </div>
  );
}
