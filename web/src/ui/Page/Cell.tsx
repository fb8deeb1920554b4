import type { ReactNode } from "react";

export interface CellProps {
  /** Columns of twelve on wide screens. Up to 1100 px: 3, 4 and 5 take six, 7 and more take all. On phones: one column. */
  span?: 3 | 4 | 5 | 6 | 7 | 8 | 9 | 12;
  /** With 4 or 5: takes the whole row from 1000 px down, beside an 8 or 7 that does so too. */
  full?: boolean;
  children: ReactNode;
}

const SPANS: Record<NonNullable<CellProps["span"]>, string> = {
  3: "col-span-3! max-lg:col-span-6!",
  4: "col-span-4! max-lg:col-span-6!",
  5: "col-span-5! max-lg:col-span-6!",
  6: "col-span-6!",
  7: "col-span-7! max-lg:col-span-12!",
  8: "col-span-8! max-lg:col-span-12!",
  9: "col-span-9! max-lg:col-span-12!",
  12: "col-span-12!",
};

/** One place in the grid. Several children stand below each other; the last one fills the height of the row. */
export function Cell({ span = 12, full = false, children }: CellProps) {
  return (
    <div
      className={`flex min-w-0 flex-col gap-4 max-sm:gap-3 [&>*:last-child]:flex-1 ${SPANS[span]} ${full ? "max-lg:col-span-12!" : ""} max-sm:col-span-12!`}
    >
      {children}
    </div>
  );
}
