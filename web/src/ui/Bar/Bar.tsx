export interface BarProps {
  /** 0 to 1. */
  value: number;
  /** What it measures: "Quality". */
  label: string;
  /** Below this the bar is a warning. */
  warnBelow?: number;
  /** The number beside it; by default .92. */
  text?: string;
}

/** A thin bar with its number, for rows. */
export function Bar({ value, label, warnBelow, text }: BarProps) {
  const share = Math.min(1, Math.max(0, value));
  const warns = warnBelow !== undefined && share < warnBelow;
  const words = text ?? (share === 1 ? "1.00" : share.toFixed(2).replace(/^0/, ""));
  return (
    <span className="inline-flex items-center gap-2 tabular-nums">
      {/* biome-ignore lint/a11y/useSemanticElements: a native meter cannot be drawn alike in all browsers */}
      <span
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={share}
        aria-valuetext={words}
        className="inline-block h-1 w-14 overflow-hidden rounded-full bg-sunken shadow-[0_0_0_1px_var(--line)]"
      >
        <i
          className={`block h-full ${warns ? "bg-warning-mark" : "bg-accent-line"}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span aria-hidden="true" className={warns ? "text-warning" : ""}>
        {words}
      </span>
    </span>
  );
}
