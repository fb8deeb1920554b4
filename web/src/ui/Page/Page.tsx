import type { ReactNode } from "react";

export interface PageProps {
  /** Cells and parts that span the whole width. */
  children: ReactNode;
  className?: string;
}

/** The 12-column grid of a page: at most 1440 px wide, centred. What is not in a `Cell` spans all columns. */
export function Page({ children, className = "" }: PageProps) {
  return (
    <div
      className={`mx-auto grid w-full max-w-(--page-max) grid-cols-12 gap-4 p-6 *:col-span-12 max-sm:gap-3 max-sm:p-4 ${className}`}
    >
      {children}
    </div>
  );
}
