import type { ReactNode } from "react";

export interface KeyValueProps {
  rows: readonly { label: string; value: ReactNode; exact?: string }[];
  /** Accessible name of the list. */
  name?: string;
}

/** Names and values in rows with hairlines. */
export function KeyValue({ rows, name }: KeyValueProps) {
  return (
    <dl aria-label={name} className="tabular-nums">
      {rows.map(({ label, value, exact }) => (
        <div key={label} className="flex justify-between gap-3 border-t border-line py-1.5 first:border-t-0">
          <dt className="shrink-0 text-muted">{label}</dt>
          <dd className="min-w-0 text-right wrap-anywhere" title={exact}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
