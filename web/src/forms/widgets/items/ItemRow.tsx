import { ArrowDown, ArrowUp, type LucideIcon, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { FieldMessage } from "../../../ui/FieldFrame/parts.tsx";
import type { Item } from "../../model/items.ts";
import { readFix, sentenceOf } from "../../model/problems.ts";
import { useForm } from "../../SchemaForm/context.ts";
import type { WidgetProps } from "../types.ts";
import type { Act } from "./useItemFocus.ts";

export interface ItemRowProps {
  item: Item;
  /** “Steps 2”. */
  label: string;
  isFirst: boolean;
  isLast: boolean;
  draw: WidgetProps["draw"];
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** One item: its value or its kind, its place in the order, and its settings below. Alt and an arrow carry it. */
export function ItemRow(props: ItemRowProps) {
  const { item, label, isFirst, isLast, draw: Draw, onMove, onRemove } = props;
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend and a box
    <div role="group" aria-label={label} data-item={item.name} onKeyDown={onKeyDown} className="min-w-0">
      <div className="flex items-start gap-1">
        <div className="min-w-0 flex-1">
          {item.head ? (
            <Draw entry={item.head} label={label} />
          ) : (
            <span className="flex min-h-8 items-center font-medium">{label}</span>
          )}
        </div>
        <Hand
          act="up"
          icon={ArrowUp}
          label={t("Move {{name}} up", { name: label })}
          onPress={() => onMove(-1)}
          isOff={isFirst}
        />
        <Hand
          act="down"
          icon={ArrowDown}
          label={t("Move {{name}} down", { name: label })}
          onPress={() => onMove(1)}
          isOff={isLast}
        />
        <Hand act="remove" icon={X} label={t("Remove {{name}}", { name: label })} onPress={onRemove} />
      </div>
      <ItemProblem item={item} />
      <ItemSettings item={item} draw={Draw} />
    </div>
  );
}

/** The settings of an item, below it. */
export function ItemSettings({ item, draw: Draw }: Pick<ItemRowProps, "item" | "draw">) {
  if (item.fields.length === 0) return null;
  return (
    <div className="mt-2 grid items-start gap-x-6 gap-y-3 border-l border-line pl-4 sm:grid-cols-2">
      {item.fields.map((inner) => (
        <Draw key={inner.name} entry={inner} />
      ))}
    </div>
  );
}

/** What is wrong with an item, where no control of its own says it. */
export function ItemProblem({ item }: { item: Item }) {
  const { t } = useTranslation();
  const hands = useForm();
  const problem = item.head?.name === item.name ? undefined : hands.problems.get(item.name);
  if (!problem) return null;
  const fix = readFix(problem, hands.names);
  return (
    <FieldMessage
      id={item.name}
      line={undefined}
      error={sentenceOf(t, problem, fix !== undefined, item.name)}
      fix={
        fix && {
          label: t("Use {{value}}", { value: String(fix.value) }),
          onApply: () => hands.apply(fix),
        }
      }
    />
  );
}

interface HandProps {
  act: Act;
  icon: LucideIcon;
  label: string;
  onPress: () => void;
  /** There is nowhere to go: it keeps its room, so that the hands of all items stand below each other. */
  isOff?: boolean;
}

function Hand({ act, icon, label, onPress, isOff = false }: HandProps) {
  return (
    <span data-act={act} className={isOff ? "invisible" : ""}>
      <Button look="ghost" icon={icon} iconOnly onPress={onPress} isDisabled={isOff}>
        {label}
      </Button>
    </span>
  );
}
