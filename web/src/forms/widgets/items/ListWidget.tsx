import { Plus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Menu } from "../../../ui/Menu/Menu.tsx";
import { itemsOf, newItem, valuesOf } from "../../model/items.ts";
import { plainHelp } from "../../model/plain.ts";
import { humaniseOption } from "../../model/words.ts";
import type { WidgetProps } from "../types.ts";
import { ItemRow } from "./ItemRow.tsx";
import { ItemsFrame } from "./ItemsFrame.tsx";
import { useItemFocus } from "./useItemFocus.ts";

/** A list: items of any kind below each other, added, removed and put in order. */
export function ListWidget({ entry, frame, onChange, draw }: WidgetProps) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  const values = valuesOf(entry);
  const items = itemsOf(entry);
  const focus = useItemFocus(root, values);
  const move = (at: number, to: number, hand: "up" | "down") => {
    if (to < 0 || to >= values.length) return;
    focus.next(
      to,
      hand,
      t("Moved to place {{place}} of {{count}}.", { place: to + 1, count: values.length }),
    );
    onChange(swapped(values, at, to), "");
  };
  const remove = (at: number) => {
    focus.next(Math.min(at, values.length - 2), "remove", t("Removed."));
    onChange(
      values.filter((_, index) => index !== at),
      "",
    );
  };
  const add = (item: unknown) => {
    focus.next(values.length, "field");
    onChange([...values, item], "");
  };
  return (
    <ItemsFrame
      entry={entry}
      frame={frame}
      onChange={onChange}
      root={root}
      items={items}
      said={focus.said}
      add={<Add entry={entry} count={values.length} onAdd={add} />}
    >
      {(item, at) => (
        <ItemRow
          key={item.name}
          item={item}
          label={t("{{label}} {{number}}", { label: frame.label, number: at + 1 })}
          isFirst={at === 0}
          isLast={at === items.length - 1}
          draw={draw}
          onMove={(by) => move(at, at + by, by < 0 ? "up" : "down")}
          onRemove={() => remove(at)}
        />
      )}
    </ItemsFrame>
  );
}

function swapped(values: readonly unknown[], at: number, to: number): unknown[] {
  const next = values.filter((_, index) => index !== at);
  next.splice(to, 0, values[at]);
  return next;
}

interface AddProps {
  entry: WidgetProps["entry"];
  count: number;
  onAdd: (item: unknown) => void;
}

/** One more; where there are several kinds, of which. */
function Add({ entry, count, onAdd }: AddProps) {
  const { t } = useTranslation();
  const { control } = entry.field;
  if (control.type !== "list") return null;
  const item = control.item.control;
  const press = item.type === "union" ? {} : { onPress: () => onAdd(newItem(item)) };
  const isFull = control.most !== undefined && count >= control.most;
  const button = (
    <Button size="small" icon={Plus} isDisabled={isFull} {...press}>
      {t("Add to {{label}}", { label: t(entry.field.label) })}
    </Button>
  );
  return (
    <div data-add="" className="flex flex-wrap items-center gap-x-3">
      {item.type === "union" && !isFull ? (
        <Menu
          trigger={button}
          items={item.branches.map(({ kind, help }) => ({
            id: kind,
            label: t(humaniseOption(kind)),
            description: t(plainHelp(help)),
            onAction: () => onAdd(newItem(item, kind)),
          }))}
          placement="bottom start"
        />
      ) : (
        button
      )}
      {isFull && (
        <span className="text-caption text-muted">
          {t("{{count}} is the most there can be.", { count: control.most })}
        </span>
      )}
    </div>
  );
}
