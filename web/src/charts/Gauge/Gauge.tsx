import { useTranslation } from "../../i18n/i18n.ts";
import { formatPercent } from "../../ui/format.ts";

export interface GaugeProps {
  value: number;
  /** The full extent. */
  max: number;
  /** What is measured: “GPU memory”. */
  title: string;
  /** The value as it reads: “9.8 of 16 GB”. */
  words: string;
  /** From here on it is a warning. */
  limit?: number | undefined;
  /** What the limit is: “safe on this GPU”. */
  limitLabel?: string | undefined;
  shape?: "bar" | "arc";
}

/** One value of a whole, with the limit it should stay below. */
export function Gauge({ value, max, title, words, limit, limitLabel, shape = "bar" }: GaugeProps) {
  const { t } = useTranslation();
  const share = Math.min(1, Math.max(0, value / (max || 1)));
  const isBeyond = limit !== undefined && value > limit;
  const limitShare = limit === undefined ? undefined : Math.min(1, limit / (max || 1));
  const Drawing = shape === "arc" ? Arc : Bar;
  const note = isBeyond
    ? t("beyond {{limit}}", { limit: limitLabel ?? t("the limit") })
    : limitLabel && t("below {{limit}}", { limit: limitLabel });
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot hold its own drawing and words
    <div
      role="meter"
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={[words, note].filter(Boolean).join(", ")}
      className={`min-w-0 ${shape === "arc" ? "inline-flex flex-col items-center" : "block"}`}
    >
      <div
        className={`flex gap-x-3 ${shape === "arc" ? "order-last flex-col items-center" : "flex-wrap justify-between"}`}
      >
        <span className="text-text-2">{title}</span>
        <span className="font-medium tabular-nums" title={formatPercent(share, 1)}>
          {words}
        </span>
      </div>
      <Drawing share={share} limit={limitShare} isBeyond={isBeyond} />
      {note && (
        <p className={`order-last text-caption ${isBeyond ? "text-warning" : "text-muted"}`}>{note}</p>
      )}
    </div>
  );
}

interface DrawingProps {
  share: number;
  limit: number | undefined;
  isBeyond: boolean;
}

function Bar({ share, limit, isBeyond }: DrawingProps) {
  return (
    <div
      aria-hidden="true"
      className="relative my-1 h-2 rounded-full bg-warp inset-ring inset-ring-line-strong"
    >
      <i
        className={`absolute inset-y-0 left-0 rounded-full ${isBeyond ? "bg-warning-mark" : "bg-accent-line"}`}
        style={{ width: `${share * 100}%` }}
      />
      {limit !== undefined && (
        <i className="absolute -inset-y-1 w-0.5 bg-text" style={{ left: `${limit * 100}%` }} />
      )}
    </div>
  );
}

const RADIUS = 42;
const LENGTH = Math.PI * RADIUS;
const HALF = "M8 50A42 42 0 0 1 92 50";

function Arc({ share, limit, isBeyond }: DrawingProps) {
  const angle = Math.PI * (1 - (limit ?? 0));
  const at = (radius: number) => ({ x: 50 + Math.cos(angle) * radius, y: 50 - Math.sin(angle) * radius });
  const [inner, outer] = [at(RADIUS - 6), at(RADIUS + 6)];
  return (
    <svg aria-hidden="true" width={120} height={66} viewBox="0 0 100 55" className="fill-none">
      <path d={HALF} strokeWidth={8} className="stroke-line-strong" />
      <path d={HALF} strokeWidth={5.5} className="stroke-warp" />
      <path
        d={HALF}
        strokeWidth={7}
        strokeDasharray={`${share * LENGTH} ${LENGTH}`}
        className={isBeyond ? "stroke-warning-mark" : "stroke-accent-line"}
      />
      {limit !== undefined && (
        <line x1={inner.x} y1={inner.y} x2={outer.x} y2={outer.y} strokeWidth={2} className="stroke-text" />
      )}
    </svg>
  );
}
