import { memo, type ReactNode, useCallback, useId, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Banner } from "../Banner/Banner.tsx";
import { Button } from "../Button/Button.tsx";
import { Head } from "../DataTable/Head.tsx";
import { type RowProps, Row as TableRow } from "../DataTable/Row.tsx";
import { type Column, cellClass, type Density, ROW_HEIGHT, type Sort } from "../DataTable/types.ts";
import { useActiveRow } from "../DataTable/useActiveRow.ts";
import { formatCount } from "../format.ts";
import { scaleOf } from "./scale.ts";
import { type LoadRows, usePages } from "./usePages.ts";
import { useScaledScroll } from "./useScaledScroll.ts";

export type { LoadRows } from "./usePages.ts";

export interface LargeTableProps<Row> {
  /** Accessible name: "Rows". */
  name: string;
  /** Give each column but one a width, so that nothing shifts while pages come in. */
  columns: readonly Column<Row>[];
  /** How many rows there are. Millions are fine. */
  total: number;
  /** Loads a page. Keep the function stable: another one is another table. */
  load: LoadRows<Row>;
  /** Index of the row that is shown beside, from 0. */
  current?: number;
  /** Enter or a click on a row. */
  onRowAction?: (row: Row, index: number) => void;
  /** How the rows are sorted; columns say whether they can be. */
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  density?: Density;
  /** Height in px of the whole part. */
  height?: number;
  /** Shown when `total` is 0: an `EmptyState`. */
  empty?: ReactNode;
}

const HEAD = 32;

// While it is scrolled the table is drawn at each frame: head and rows that stay are not drawn again.
const StillHead = memo(Head) as typeof Head;
const Waiting = memo(WaitingRow) as typeof WaitingRow;
const LoadedRow = memo(PressableRow) as typeof PressableRow;

type LoadedProps<Row> = Omit<RowProps<Row>, "onChoose" | "onPress"> & { onPress: (index: number) => void };

function PressableRow<Row>({ onPress, ...row }: LoadedProps<Row>) {
  const press = () => onPress(row.index);
  return <TableRow {...row} onChoose={press} onPress={press} />;
}

function WaitingRow<Row>({ columns, height }: { columns: readonly Column<Row>[]; height: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without focus that only keeps a place
    <tr aria-hidden="true" className="bg-surface" style={{ height }}>
      {columns.map((column, place) => (
        <td key={column.id} className={cellClass(column, place)}>
          <div className="skeleton h-3 w-3/4" />
        </td>
      ))}
    </tr>
  );
}

/** A table of millions of rows: pages come when they are seen, and End reaches the last one. */
export function LargeTable<Row>(props: LargeTableProps<Row>) {
  const { name, columns, total, load, current, onRowAction, density = "normal", height = 400, empty } = props;
  const { t } = useTranslation();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const row = ROW_HEIGHT[density];
  const view = height - HEAD;
  const scale = useMemo(() => scaleOf(total, row, view), [total, row, view]);
  const { offset, moveTo, placeNow } = useScaledScroll(scroller, scale);
  const first = Math.floor(offset / row);
  const last = Math.min(total - 1, Math.ceil((offset + view) / row));
  const { rowAt, failed, retry } = usePages(load, total, first, last);
  const open = (index: number) => {
    const found = rowAt(index);
    if (found !== undefined) onRowAction?.(found, index);
  };
  const { active, setActive, onKeyDown } = useActiveRow({
    count: total,
    page: Math.max(1, Math.floor(view / row) - 1),
    reveal: (index) => {
      const place = placeNow();
      if (index * row < place) moveTo(index * row);
      else if ((index + 1) * row > place + view) moveTo((index + 1) * row - view);
    },
    ...(onRowAction ? { onOpen: open } : {}),
  });
  const newest = useRef(open);
  useLayoutEffect(() => {
    newest.current = open;
  });
  const press = useCallback(
    (index: number) => {
      setActive(index);
      newest.current(index);
    },
    [setActive],
  );
  if (total === 0 && empty !== undefined) return <div className="px-4">{empty}</div>;
  const slots = Math.ceil(view / row) + 2; // a row that leaves at one end is the one that comes at the other
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  return (
    <div className="min-w-0">
      {failed && (
        <div className="px-4 pb-2">
          <Banner
            level="danger"
            action={
              <Button size="small" onPress={retry}>
                {t("Try again")}
              </Button>
            }
          >
            {t("Some rows could not be read. What is shown stays as it is.")}
          </Banner>
        </div>
      )}
      <div
        ref={scroller}
        className="relative overflow-auto"
        style={{ height: Math.min(height, HEAD + total * row) }}
      >
        <div style={{ height: scale.track + HEAD }}>
          <div className="sticky top-0" style={{ height: HEAD, width: "100%" }}>
            <table
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are walked and chosen is a grid
              role="grid"
              aria-label={name}
              aria-rowcount={total + 1}
              aria-activedescendant={
                active >= first && active <= last && rowAt(active) !== undefined
                  ? `${id}-${active}`
                  : undefined
              }
              tabIndex={0}
              onKeyDown={onKeyDown}
              className="group/table w-full table-fixed border-separate border-spacing-0 outline-none max-sm:w-max max-sm:min-w-full max-sm:table-auto"
            >
              <StillHead
                columns={columns}
                {...(props.sort ? { sort: props.sort } : {})}
                {...(props.onSort ? { onSort: props.onSort } : {})}
              />
              <tbody
                className="will-change-transform"
                style={{ transform: `translateY(${-(offset - first * row)}px)` }}
              >
                {indexes.map((index) => {
                  const found = rowAt(index);
                  if (found === undefined) {
                    // By place: one waiting row is like another, so that a flung table makes none anew.
                    return <Waiting key={`waiting-${index - first}`} columns={columns} height={row} />;
                  }
                  return (
                    <LoadedRow
                      key={index % slots}
                      id={`${id}-${index}`}
                      row={found}
                      index={index}
                      columns={columns}
                      density={density}
                      isActive={index === active}
                      isChosen={current === undefined ? undefined : index === current}
                      boxless
                      name={formatCount(index + 1)}
                      opens={onRowAction !== undefined}
                      onPress={press}
                    />
                  );
                })}
              </tbody>
            </table>
          </div>
        </div>
      </div>
    </div>
  );
}
