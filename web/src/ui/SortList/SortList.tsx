import { ArrowDown, ArrowUp, Ellipsis, GripVertical, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { GridList, GridListItem } from "react-aria-components/GridList";
import { useDragAndDrop } from "react-aria-components/useDragAndDrop";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { Icon } from "../Icon/Icon.tsx";
import { Menu } from "../Menu/Menu.tsx";
import { moved } from "./moved.ts";

export interface SortItem {
  id: string;
  /** In words, for screen readers and the drag. */
  name: string;
  content: ReactNode;
}

export interface SortListProps {
  /** What is put in order: “Steps”. */
  label: string;
  items: readonly SortItem[];
  chosen: string | null;
  onChoose: (id: string) => void;
  /** All ids in their new order. */
  onOrder: (ids: string[]) => void;
  onRemove: (id: string) => void;
  empty?: ReactNode;
}

const ITEM =
  "flex cursor-default items-start gap-2 border-b border-line py-2 pr-2 pl-1 outline-focus last:border-b-0 data-[dragging]:opacity-50 data-[drop-target]:bg-accent-wash data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[hovered]:bg-hover data-[selected]:bg-accent-wash";

/** Things in an order that one can change: by drag, by keyboard (Enter on the handle, arrows, Enter) and by the menu of each. */
export function SortList({ label, items, chosen, onChoose, onOrder, onRemove, empty }: SortListProps) {
  const { t } = useTranslation();
  const ids = items.map(({ id }) => id);
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) =>
      [...keys].map((key) => ({ "text/plain": items.find(({ id }) => id === key)?.name ?? "" })),
    onReorder: ({ keys, target }) => {
      const taken = ids.filter((id) => keys.has(id));
      const rest = ids.filter((id) => !keys.has(id));
      const at = rest.indexOf(String(target.key)) + (target.dropPosition === "after" ? 1 : 0);
      onOrder([...rest.slice(0, at), ...taken, ...rest.slice(at)]);
    },
  });
  return (
    <GridList
      aria-label={label}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => {
        const next = keys === "all" ? undefined : [...keys][0];
        if (next !== undefined) onChoose(String(next));
      }}
      dragAndDropHooks={dragAndDropHooks}
      renderEmptyState={() => <div className="p-4">{empty}</div>}
      className="outline-none"
    >
      {items.map(({ id, name, content }, at) => (
        <GridListItem key={id} id={id} textValue={name} className={ITEM}>
          <AriaButton
            slot="drag"
            aria-label={t("Move {{name}}", { name })}
            className="grid h-7 w-6 shrink-0 cursor-grab place-items-center rounded-control text-muted outline-focus data-[focus-visible]:outline-2"
          >
            <Icon of={GripVertical} />
          </AriaButton>
          <div className="min-w-0 flex-1">{content}</div>
          <Menu
            trigger={
              <Button look="ghost" size="small" icon={Ellipsis} iconOnly>
                {t("More for {{name}}", { name })}
              </Button>
            }
            items={[
              {
                id: "up",
                label: t("Move up"),
                icon: ArrowUp,
                isDisabled: at === 0,
                why: t("It is the first."),
                onAction: () => onOrder(moved(ids, id, -1)),
              },
              {
                id: "down",
                label: t("Move down"),
                icon: ArrowDown,
                isDisabled: at === items.length - 1,
                why: t("It is the last."),
                onAction: () => onOrder(moved(ids, id, 1)),
              },
              {
                id: "remove",
                label: t("Remove"),
                icon: Trash2,
                isDanger: true,
                onAction: () => onRemove(id),
              },
            ]}
          />
        </GridListItem>
      ))}
    </GridList>
  );
}
