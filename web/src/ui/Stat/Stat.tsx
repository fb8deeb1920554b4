import type { ReactNode } from "react";

export interface StatProps {
  label: string;
  /** Humanised: 240k, 1.842. */
  value: ReactNode;
  /** After a space: tok/s, GB. */
  unit?: string;
  /** What it is compared with: "best at step 9,000". */
  compare?: ReactNode;
  /** The exact value, shown on hover. */
  exact?: string;
}

/** A value with its unit and what it is compared with. Stands in a `StatStrip`. */
export function Stat({ label, value, unit, compare, exact }: StatProps) {
  return (
    <div className="min-w-0 px-4 py-3 shadow-[-1px_-1px_0_0_var(--line)]">
      <dt className="truncate text-caption text-muted" title={label}>
        {label}
      </dt>
      <dd className="mt-0.5 flex items-baseline gap-1 text-lg font-medium tracking-[-0.01em] whitespace-nowrap tabular-nums">
        <span title={exact}>{value}</span>
        {unit && <small className="text-caption font-normal tracking-normal text-muted">{unit}</small>}
      </dd>
      {compare !== undefined && <dd className="text-caption text-muted">{compare}</dd>}
    </div>
  );
}
