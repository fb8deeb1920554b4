// Axes in words: HTML over the drawing, so that they keep 11 px at every width.
export interface Tick {
  /** Share of the axis from the left or from the top, 0 to 1. */
  at: number;
  label: string;
}

/** Labels below a plot. */
export function XLabels({ ticks }: { ticks: readonly Tick[] }) {
  return (
    <div aria-hidden="true" className="relative h-5 text-xs text-muted">
      {ticks.map((tick) => (
        <span
          key={tick.at}
          className="absolute top-1 -translate-x-1/2 whitespace-nowrap tabular-nums"
          style={{ left: `${tick.at * 100}%` }}
        >
          {tick.label}
        </span>
      ))}
    </div>
  );
}

/** Labels at the left of a plot. */
export function YLabels({ ticks, width }: { ticks: readonly Tick[]; width: number }) {
  return (
    <div aria-hidden="true" className="relative shrink-0 text-xs text-muted" style={{ width }}>
      {ticks.map((tick) => (
        <span
          key={tick.at}
          className="absolute right-2 max-w-full -translate-y-1/2 truncate tabular-nums"
          style={{ top: `${tick.at * 100}%` }}
        >
          {tick.label}
        </span>
      ))}
    </div>
  );
}

/** Hairlines of a plot; the last line, at the bottom, is the axis. */
export function Hairlines({ ticks }: { ticks: readonly Tick[] }) {
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0 border-b border-line-strong">
      {ticks.map((tick) => (
        <i key={tick.at} className="absolute inset-x-0 h-px bg-line" style={{ top: `${tick.at * 100}%` }} />
      ))}
    </div>
  );
}
