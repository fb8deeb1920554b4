import { type ReactNode, useId } from "react";

export interface PanelProps {
  /** The `h2`. Leave it out only where the content brings its own heading. */
  title?: ReactNode;
  /** Muted, beside the title: a count or a few words. */
  count?: ReactNode;
  /** Right in the header: small buttons, a switch. */
  tools?: ReactNode;
  /** Legend, scale or proof. */
  footer?: ReactNode;
  /** Tables and lists run to the edges. */
  flush?: boolean;
  /** Which of the four states shows. `ready` shows the children. */
  status?: "ready" | "loading" | "empty" | "error";
  /** Shown while loading: a `LoadingState`. */
  loading?: ReactNode;
  /** Shown when there is nothing: an `EmptyState`. */
  empty?: ReactNode;
  /** Shown when it failed: an `ErrorState`. */
  error?: ReactNode;
  children?: ReactNode;
  className?: string;
}

function Header({ title, count, tools, id }: Pick<PanelProps, "title" | "count" | "tools"> & { id: string }) {
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-2 pt-2 pr-3 pb-1 pl-4">
      <h2 id={id} className="flex min-w-0 items-center gap-2 text-sm">
        {title}
      </h2>
      {count !== undefined && <span className="text-muted">{count}</span>}
      {tools && (
        <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:ml-0 max-sm:w-full">{tools}</div>
      )}
    </header>
  );
}

/** One thing on a page. Never a panel in a panel. */
export function Panel(props: PanelProps) {
  const { title, count, tools, footer, flush = false, status = "ready", children, className = "" } = props;
  const id = useId();
  const slots = { ready: children, loading: props.loading, empty: props.empty, error: props.error };
  const edge = flush && status === "ready" ? "" : `px-4 pb-4 ${title === undefined ? "pt-4" : "pt-1"}`;
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      aria-busy={status === "loading" || undefined}
      className={`flex min-w-0 flex-col overflow-hidden rounded-panel border border-line bg-surface shadow-panel ${className}`}
    >
      {title !== undefined && <Header title={title} count={count} tools={tools} id={id} />}
      <div className={`min-w-0 flex-1 ${edge}`}>{slots[status]}</div>
      {footer && (
        <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2 text-caption text-muted">
          {footer}
        </footer>
      )}
    </section>
  );
}
