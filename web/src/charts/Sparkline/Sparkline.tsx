import { useId } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatValue } from "../../ui/format.ts";
import { svgPath } from "../bucket.ts";
import { extentOf } from "../scale.ts";

export interface SparklineProps {
  /** Evenly spaced values; NaN is a gap. */
  values: ArrayLike<number>;
  /** What it shows: “GPU, last 5 minutes”. */
  title: string;
  /** The y-axis; without it, from zero or the least value to the greatest. */
  domain?: readonly [number, number] | undefined;
  width?: number;
  height?: number;
  /** The last value as it reads; null hides it. */
  last?: string | null | undefined;
  /** Fills its container instead of `width`. */
  isWide?: boolean;
}

/** A small grey line with its last value: how a resource has been. */
export function Sparkline({
  values,
  title,
  domain,
  width = 120,
  height = 24,
  last,
  isWide = false,
}: SparklineProps) {
  const { t } = useTranslation();
  const id = useId();
  const { min, max } = extentOf(values);
  const hasValues = max >= min;
  const [low, high] = domain ?? [Math.min(0, min), max];
  const px = (i: number) => (values.length > 1 ? (i / (values.length - 1)) * width : width);
  const py = (value: number) => 1 + (1 - (value - low) / (high - low || 1)) * (height - 2);
  const pixels = Array.from(values).flatMap((value, i) => [px(i), py(value)]);
  const latest = Array.from(values).findLast((value) => Number.isFinite(value));
  const shown = last === undefined ? formatValue(latest) : last;
  const words = hasValues
    ? t("{{title}}: {{last}}, between {{min}} and {{max}}", {
        title,
        last: last ?? formatValue(latest),
        min: formatValue(min),
        max: formatValue(max),
      })
    : t("{{title}}: no values yet", { title });
  return (
    <span className={`flex items-center gap-3 ${isWide ? "w-full" : "inline-flex"}`}>
      <svg
        role="img"
        aria-labelledby={id}
        width={isWide ? "100%" : width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className={isWide ? "min-w-0 flex-1" : "shrink-0"}
      >
        <title id={id}>{words}</title>
        {hasValues ? (
          <>
            <path d={filled(values, px, py, height)} className="fill-sunken" />
            <path
              d={values.length === 1 ? `M${width - 3} ${py(max)}h3` : svgPath(pixels)}
              className="fill-none stroke-line-strong"
              vectorEffect="non-scaling-stroke"
            />
          </>
        ) : (
          <line
            x1={0}
            x2={width}
            y1={height - 1}
            y2={height - 1}
            className="stroke-warp"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      {shown !== null && (
        <span aria-hidden="true" className="min-w-12 text-right tabular-nums">
          {shown}
        </span>
      )}
    </span>
  );
}

/** The area below each piece of line. */
function filled(
  values: ArrayLike<number>,
  px: (i: number) => number,
  py: (value: number) => number,
  height: number,
): string {
  let d = "";
  let begin = -1;
  for (let i = 0; i <= values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      if (begin >= 0) d += `L${px(i - 1).toFixed(1)} ${height}Z`;
      begin = -1;
      continue;
    }
    if (begin < 0) {
      begin = i;
      d += `M${px(i).toFixed(1)} ${height}`;
    }
    d += `L${px(i).toFixed(1)} ${py(value).toFixed(1)}`;
  }
  return d;
}
