import type { ReactNode } from "react";

export interface PageHeaderProps {
  /** The one `h1` of the page. It wraps, it is never cut. */
  title: ReactNode;
  /** Before the title: the thread of a run. */
  before?: ReactNode;
  /** After the title: the status pill, a version. */
  after?: ReactNode;
  /** One muted line; each node is kept together. */
  sub?: readonly ReactNode[];
  /** Buttons, at most one primary. On phones they stand below, side by side, 44 px high. */
  actions?: ReactNode;
  /** Id of the `h1`, which takes the focus when the route changes. */
  id?: string;
}

const ACTIONS =
  "flex flex-none flex-wrap items-center gap-2 max-sm:w-full max-sm:*:h-11 max-sm:*:min-w-11 max-sm:*:flex-1 max-sm:[&>[aria-label]]:flex-none";

/** What this page is about, what it is made of, and what one can do with it. */
export function PageHeader({ title, before, after, sub = [], actions, id = "page-title" }: PageHeaderProps) {
  return (
    <header className="flex items-start gap-x-6 gap-y-3 max-sm:flex-col">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {before}
          <h1
            id={id}
            tabIndex={-1}
            className="min-w-0 text-xl tracking-[-0.018em] wrap-anywhere outline-none max-sm:text-[20px] max-sm:leading-7"
          >
            {title}
          </h1>
          {after}
        </div>
        {sub.length > 0 && (
          <div className="mt-1 flex flex-wrap gap-x-4 text-muted max-sm:gap-y-1 max-sm:leading-6 [&_a]:underline [&_a]:decoration-1 [&_a]:underline-offset-3">
            {sub.map((node, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of the line have a fixed order
              <span key={index}>{node}</span>
            ))}
          </div>
        )}
      </div>
      {actions && <div className={ACTIONS}>{actions}</div>}
    </header>
  );
}
