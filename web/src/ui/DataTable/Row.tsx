import type { MouseEvent } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { RowCheckbox } from "./RowCheckbox.tsx";
import { type Column, cellClass, type Density, ROW_HEIGHT } from "./types.ts";

export interface RowProps<Row> {
  id: string;
  row: Row;
  index: number;
  columns: readonly Column<Row>[];
  density: Density;
  isActive: boolean;
  /** Undefined where rows cannot be chosen. */
  isChosen: boolean | undefined;
  /** Chosen or not, it has no box: the one that is shown beside. */
  boxless?: boolean;
  name: string;
  onChoose: () => void;
  onPress: (event: MouseEvent) => void;
  opens: boolean;
}

const BEST =
  "font-semibold after:mb-0.5 after:ml-1.5 after:inline-block after:size-[5px] after:rotate-45 after:bg-positive-mark";

/** One row. The table holds the focus; the active row is outlined. */
export function Row<Row>(props: RowProps<Row>) {
  const { id, row, index, columns, density, isActive, isChosen, boxless = false, name, opens } = props;
  const { t } = useTranslation();
  const hasBox = isChosen !== undefined && !boxless;
  const field = isChosen ? "bg-accent-wash" : "bg-surface hover:bg-hover";
  return (
    <tr
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      data-active={isActive || undefined}
      onClick={props.onPress}
      className={`${field} ${opens ? "cursor-pointer" : ""} -outline-offset-2 outline-focus group-focus-visible/table:data-active:outline-2`}
      style={{ height: ROW_HEIGHT[density] }}
    >
      {hasBox && (
        <td className="border-b border-line py-0 pl-4 max-sm:sticky max-sm:left-0 max-sm:z-1 max-sm:bg-inherit">
          <RowCheckbox
            label={t("Choose {{name}}", { name })}
            isChecked={isChosen === true}
            tabIndex={-1}
            onChange={props.onChoose}
          />
        </td>
      )}
      {columns.map((column, place) => (
        <td
          key={column.id}
          className={`${cellClass(column, place, hasBox)} ${column.muted ? "text-muted" : ""}`}
        >
          {column.best?.(row) ? (
            <span className={BEST}>
              {column.cell(row, index)}
              <span className="sr-only"> {t("(best)")}</span>
            </span>
          ) : (
            column.cell(row, index)
          )}
        </td>
      ))}
    </tr>
  );
}
