import { type MouseEvent, type ReactNode, useId, useRef } from "react";
import { Head } from "./Head.tsx";
import { Row as TableRow } from "./Row.tsx";
import { type Column, type Density, ROW_HEIGHT, type Sort } from "./types.ts";
import { useActiveRow } from "./useActiveRow.ts";
import { useRowWindow } from "./useRowWindow.ts";

export type { Column, Sort } from "./types.ts";

export interface DataTableProps<Row> {
  /** Accessible name: "Recent runs". */
  name: string;
  columns: readonly Column<Row>[];
  /** Already sorted: `sort` says how. */
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** What a row is called, for its checkbox; by default its key. */
  rowName?: (row: Row) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Keys of the chosen rows. With `onSelect` the rows can be chosen. */
  selection?: ReadonlySet<string>;
  onSelect?: (selection: ReadonlySet<string>) => void;
  /** Enter or a click on a row. */
  onRowAction?: (row: Row) => void;
  density?: Density;
  /** Height in px at most; the rows scroll inside. More than 100 rows are virtual and need one (by default 480). */
  maxHeight?: number;
  /** In place of the rows: an `EmptyState`. */
  empty?: ReactNode;
  /** In place of the rows: a `LoadingState`. */
  loading?: ReactNode;
}

const VIRTUAL_FROM = 100;
const LARGE = 480;

function Spacer({ height }: { height: number }) {
  return height > 0 ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without focus that only keeps the place of others
    <tr aria-hidden="true">
      <td style={{ height, padding: 0 }} />
    </tr>
  ) : null;
}

function toggled(selection: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selection);
  if (!next.delete(key)) next.add(key);
  return next;
}

function useSelection<Row>({ rows, rowKey, selection, onSelect }: DataTableProps<Row>) {
  if (!onSelect) return null;
  const chosen = selection ?? new Set<string>();
  const many = rows.reduce((sum, row) => sum + (chosen.has(rowKey(row)) ? 1 : 0), 0);
  const state = many === 0 ? "none" : many === rows.length ? "all" : "some";
  return {
    has: (row: Row) => chosen.has(rowKey(row)),
    state: state as "none" | "all" | "some",
    toggle: (row: Row) => onSelect(toggled(chosen, rowKey(row))),
    all: (on: boolean) => onSelect(on ? new Set(rows.map(rowKey)) : new Set()),
  };
}

const isInner = (event: MouseEvent) =>
  event.target instanceof Element && event.target.closest("a, button, input, label, select") !== null;

/** Rows to compare. Semantic table, one tab stop, the first column stays in view on phones. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, rowKey, rowName = rowKey, sort, onSort, onRowAction } = props;
  const { density = "normal", maxHeight, empty, loading } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const isVirtual = rows.length > VIRTUAL_FROM;
  const height = ROW_HEIGHT[density];
  const virtual = useRowWindow({
    scroller,
    count: rows.length,
    height,
    view: maxHeight ?? LARGE,
    isOn: isVirtual,
  });
  const chosen = useSelection(props);
  const openRow = onRowAction
    ? (index: number) => {
        const row = rows[index];
        if (row !== undefined) onRowAction(row);
      }
    : undefined;
  const { active, setActive, onKeyDown } = useActiveRow({
    count: rows.length,
    page: Math.max(1, Math.floor((maxHeight ?? LARGE) / height) - 2),
    reveal: (index) => {
      if (isVirtual) virtual.reveal(index);
      else document.getElementById(`${id}-${index}`)?.scrollIntoView({ block: "nearest" });
    },
    ...(chosen
      ? {
          onChoose: (index: number) => {
            const row = rows[index];
            if (row !== undefined) chosen.toggle(row);
          },
        }
      : {}),
    ...(openRow ? { onOpen: openRow } : {}),
  });
  const { first, end } = virtual;
  const indexes = Array.from({ length: end - first }, (_, at) => first + at);
  const shown = active >= first && active < end;
  const body = loading ?? (rows.length === 0 ? empty : undefined);
  return (
    <div
      ref={scroller}
      className="relative overflow-auto"
      style={{ maxHeight: maxHeight ?? (isVirtual ? LARGE : undefined) }}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are walked and chosen is a grid
        role="grid"
        aria-label={name}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={chosen ? true : undefined}
        aria-activedescendant={shown && !body ? `${id}-${active}` : undefined}
        aria-busy={loading !== undefined || undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="group/table w-full border-separate border-spacing-0 outline-none"
      >
        <Head
          columns={columns}
          {...(sort ? { sort } : {})}
          {...(onSort ? { onSort } : {})}
          {...(chosen ? { chosen: chosen.state, onChooseAll: chosen.all } : {})}
        />
        <tbody className="[&>tr:last-child>td]:border-b-0">
          {body !== undefined && (
            <tr>
              <td colSpan={columns.length + (chosen ? 1 : 0)} className="px-4 py-2">
                {body}
              </td>
            </tr>
          )}
          {body === undefined && <Spacer height={first * height} />}
          {body === undefined &&
            indexes.map((index) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <TableRow
                  key={rowKey(row)}
                  id={`${id}-${index}`}
                  row={row}
                  index={index}
                  columns={columns}
                  density={density}
                  isActive={index === active}
                  isChosen={chosen ? chosen.has(row) : undefined}
                  name={rowName(row)}
                  opens={onRowAction !== undefined}
                  onChoose={() => chosen?.toggle(row)}
                  onPress={(event) => {
                    setActive(index);
                    if (!isInner(event)) openRow?.(index);
                  }}
                />
              );
            })}
          {body === undefined && <Spacer height={(rows.length - end) * height} />}
        </tbody>
      </table>
    </div>
  );
}
