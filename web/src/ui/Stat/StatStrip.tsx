import type { ReactNode } from "react";

export interface StatStripProps {
  /** About six `Stat`. */
  children: ReactNode;
  /** What the numbers belong to, for screen readers. */
  label?: string;
}

/** Numbers in one bordered strip with hairlines; two by two on phones. */
export function StatStrip({ children, label }: StatStripProps) {
  return (
    <section aria-label={label}>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(128px,1fr))] overflow-hidden rounded-panel border border-line bg-surface shadow-panel max-sm:grid-cols-2">
        {children}
      </dl>
    </section>
  );
}
