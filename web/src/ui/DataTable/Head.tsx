import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";
import { RowCheckbox } from "./RowCheckbox.tsx";
import type { Column, Sort } from "./types.ts";

export interface HeadProps<Row> {
  columns: readonly Column<Row>[];
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** With a selection: whether all, some or none are chosen. */
  chosen?: "all" | "some" | "none";
  onChooseAll?: (all: boolean) => void;
}

const CELL =
  "sticky top-0 z-2 h-8 border-b border-line bg-surface px-2.5 py-1 text-xs font-medium text-muted whitespace-nowrap first:pl-4 last:pr-4";

function Sorter<Row>({
  column,
  sort,
  onSort,
}: { column: Column<Row> } & Pick<HeadProps<Row>, "sort" | "onSort">) {
  const active = sort?.column === column.id ? sort.direction : null;
  const next = active === "ascending" ? "descending" : "ascending";
  const icon = active === "ascending" ? ArrowUp : active === "descending" ? ArrowDown : ChevronsUpDown;
  return (
    <button
      type="button"
      onClick={() => onSort?.({ column: column.id, direction: next })}
      className={`-mx-1 inline-flex min-h-6 items-center gap-1 rounded-mark px-1 font-medium hover:bg-hover hover:text-text ${active ? "text-text" : ""}`}
    >
      {column.header}
      <Icon of={icon} size={12} />
    </button>
  );
}

/** The head of a table: it stays in view, sorts, and chooses all. */
export function Head<Row>({ columns, sort, onSort, chosen, onChooseAll }: HeadProps<Row>) {
  const { t } = useTranslation();
  return (
    <thead>
      <tr aria-rowindex={1}>
        {chosen && (
          <th scope="col" className={`${CELL} w-10 pr-0 max-sm:left-0 max-sm:z-3`}>
            <RowCheckbox
              label={t("Choose all rows")}
              isChecked={chosen === "all"}
              isPartly={chosen === "some"}
              onChange={(all) => onChooseAll?.(all)}
            />
          </th>
        )}
        {columns.map((column, place) => (
          <th
            key={column.id}
            scope="col"
            style={{ width: column.width }}
            aria-sort={column.sortable ? (sort?.column === column.id ? sort.direction : "none") : undefined}
            className={`${CELL} ${column.align === "right" ? "text-right" : "text-left"} ${place > 0 ? "" : chosen ? "max-sm:left-10 max-sm:z-3" : "max-sm:left-0 max-sm:z-3"}`}
          >
            {column.sortable && onSort ? (
              <Sorter column={column} sort={sort ?? null} onSort={onSort} />
            ) : (
              column.header
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}
