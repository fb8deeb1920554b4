import type { ReactNode } from "react";

export interface Column<Row> {
  /** Stable name; also what `sort` refers to. */
  id: string;
  header: ReactNode;
  cell: (row: Row, index: number) => ReactNode;
  /** Numbers stand right. */
  align?: "left" | "right";
  /** Width in px. A column with a width cuts its text; the others take what is left. */
  width?: number;
  sortable?: boolean;
  /** Marks the best value of the column with a weight and a diamond. */
  best?: (row: Row) => boolean;
  /** Muted text: what is looked up, not compared. */
  muted?: boolean;
}

export interface Sort {
  column: string;
  direction: "ascending" | "descending";
}

export const ROW_HEIGHT = { normal: 32, compact: 28 } as const;
export type Density = keyof typeof ROW_HEIGHT;

const EDGE = "first:pl-4 last:pr-4";
/** On phones the first column stays in view, beside the box of the row if there is one. */
export function stay(index: number, hasBox: boolean): string {
  if (index > 0) return "";
  return `max-sm:sticky max-sm:z-1 max-sm:max-w-[45vw] max-sm:truncate max-sm:bg-inherit ${hasBox ? "max-sm:left-10" : "max-sm:left-0"}`;
}

/** The classes of a cell: alignment, cut, and the first column that stays. */
export function cellClass<Row>(column: Column<Row>, index: number, hasBox = false): string {
  const cut = column.width === undefined ? "" : "max-w-0 truncate";
  const side = column.align === "right" ? "text-right" : "text-left";
  return `${EDGE} ${stay(index, hasBox)} border-b border-line px-2.5 py-0 whitespace-nowrap ${side} ${cut}`;
}
