import { Plus, X } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { FieldFrame } from "../../ui/FieldFrame/FieldFrame.tsx";
import { Select } from "../../ui/Select/Select.tsx";
import { change, entriesOf } from "../model/entries.ts";
import type { Branch } from "../model/model.ts";
import { plainHelp } from "../model/plain.ts";
import { isValues, type Values } from "../model/schema.ts";
import { branchOf } from "../model/values.ts";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

/** A list whose items are of several kinds, such as metrics: a row each, with the settings of its kind. */
export function ListWidget({ entry, frame, onChange, draw }: WidgetProps) {
  const { t } = useTranslation();
  const branches = entry.field.control.type === "list" ? entry.field.control.branches : [];
  const items = Array.isArray(entry.value) ? entry.value.filter(isValues) : [];
  const used = new Set(items.map((item) => item.kind));
  const next = branches.find((branch) => !used.has(branch.kind));
  const put = (at: number, item: Values) =>
    onChange(items.map((each, index) => (index === at ? item : each)));
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend beside the label
        <div role="group" aria-labelledby={labelId} className="grid gap-2">
          {items.map((item, at) => (
            <Item
              // biome-ignore lint/suspicious/noArrayIndexKey: items may be equal; their place is what they are
              key={at}
              label={t("{{label}} {{number}}", { label: frame.label, number: at + 1 })}
              item={item}
              branches={branches}
              draw={draw}
              onChange={(changed) => put(at, changed)}
              onRemove={() => onChange(items.filter((_, index) => index !== at))}
            />
          ))}
          {next && (
            <Button
              size="small"
              icon={Plus}
              className="justify-self-start"
              onPress={() => onChange([...items, { kind: next.kind }])}
            >
              {t("Add one")}
            </Button>
          )}
        </div>
      )}
    </FieldFrame>
  );
}

interface ItemProps {
  label: string;
  item: Values;
  branches: readonly Branch[];
  draw: WidgetProps["draw"];
  onChange: (item: Values) => void;
  onRemove: () => void;
}

function Item({ label, item, branches, draw: Draw, onChange, onRemove }: ItemProps) {
  const { t } = useTranslation();
  const kind = String(item.kind ?? "");
  const branch = branchOf(branches, kind);
  return (
    <div className="grid gap-2">
      <div className="flex items-start gap-1">
        <Select
          className="flex-1"
          label={label}
          hideLabel
          options={branches.map((each) => ({
            id: each.kind,
            label: t(humaniseOption(each.kind)),
            description: t(plainHelp(each.help)),
          }))}
          value={kind}
          onChange={(chosen) => chosen !== kind && onChange({ kind: chosen })}
        />
        <Button look="ghost" icon={X} iconOnly onPress={onRemove}>
          {t("Remove {{name}}", { name: t(humaniseOption(kind)) })}
        </Button>
      </div>
      {Draw &&
        entriesOf(branch?.fields ?? [], item).map((inner) => (
          <Draw
            key={inner.name}
            entry={inner}
            frame={{ label: t(inner.field.label), help: t(plainHelp(inner.field.help)), className: "pl-4" }}
            onChange={(value) => onChange(change(inner, item, value))}
          />
        ))}
    </div>
  );
}
