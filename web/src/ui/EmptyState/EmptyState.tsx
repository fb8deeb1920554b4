import type { ReactNode } from "react";

export interface EmptyStateProps {
  /** What is not there yet: "No checkpoints yet". */
  title: string;
  /** When or how it comes. */
  text?: ReactNode;
  /** One button. */
  action?: ReactNode;
}

/** Bare warp, what will be here, when or how, one button. */
export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-start gap-2 py-4">
      <div aria-hidden="true" className="warp-field h-10 w-full max-w-[200px]" />
      <div className="mt-1 font-semibold">{title}</div>
      {text !== undefined && <p className="max-w-[60ch] text-muted">{text}</p>}
      {action}
    </div>
  );
}
