import { useTranslation } from "../../i18n/i18n.ts";

export type MarkerKind = "checkpoint" | "evaluation" | "change" | "anomaly" | "rehearsal";

export interface MarkerProps {
  kind: MarkerKind;
  /** What happened and where: "Loss spike at step 7,420". */
  label: string;
  /** How many were merged because they lie closer than 24 px. */
  count?: number;
  /** The chosen one draws its line through the plot. */
  isPressed?: boolean;
  onPress?: () => void;
}

const SHAPES: Record<MarkerKind, { color: string; path: string }> = {
  checkpoint: { color: "text-line-strong", path: "M6 1 11 6 6 11 1 6Z" },
  evaluation: { color: "text-positive-mark", path: "M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6Z" },
  change: { color: "text-accent-line", path: "M1.8 1.8h8.4v8.4H1.8Z" },
  anomaly: { color: "text-danger-mark", path: "M6 1.2 11 10.4H1Z" },
  rehearsal: { color: "text-muted", path: "M2 1V11H3.5V7.5H10.5L8.5 4.25 10.5 1Z" },
};

/** The shape alone, for legends. */
export function MarkerGlyph({ kind }: { kind: MarkerKind }) {
  const { color, path } = SHAPES[kind];
  return (
    <svg aria-hidden="true" width={12} height={12} viewBox="0 0 12 12" className={`shrink-0 ${color}`}>
      <path d={path} fill="currentColor" />
    </svg>
  );
}

/** A moment of a run on the lane below the axis. The shape carries the meaning, the colour repeats it. */
export function Marker({ kind, label, count = 1, isPressed = false, onPress }: MarkerProps) {
  const { t } = useTranslation();
  const name = count > 1 ? t("{{label}}, {{total}} in all", { label, total: count }) : label;
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      aria-pressed={isPressed}
      onClick={onPress}
      className={`inline-flex h-6 min-w-6 items-center justify-center gap-0.5 rounded-control px-1 hover:bg-hover ${isPressed ? "bg-accent-wash" : ""}`}
    >
      <MarkerGlyph kind={kind} />
      {count > 1 && <span className="text-xs text-text-2 tabular-nums">{count}</span>}
    </button>
  );
}
