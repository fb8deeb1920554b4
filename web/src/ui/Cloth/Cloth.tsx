import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatCount, formatPercent, formatValue } from "../format.ts";
import { type Thread, threadColor } from "../thread.ts";

export interface ClothProps {
  /** How much is woven. */
  done: number;
  /** How much there is to weave. `null`: unknown, then there is no cloth, only words. */
  total: number | null;
  /** Accessible name: "Progress of linen-07". */
  name: string;
  /** Above it, left: where it is. */
  label?: ReactNode;
  /** Above it, right: how long, with its interval. */
  text?: ReactNode;
  /** Woven in the run's colour. */
  thread?: Thread;
  /** 8 px, for rows. */
  thin?: boolean;
  /** Words below, at their place between 0 and `total`. */
  ticks?: readonly { at: number; label: string }[];
}

const written = (value: number) => (Number.isInteger(value) ? formatCount(value) : formatValue(value, 2));

function Ticks({ ticks, total }: { ticks: NonNullable<ClothProps["ticks"]>; total: number }) {
  return (
    <div aria-hidden="true" className="relative mt-0.5 h-4 text-xs text-muted tabular-nums">
      {ticks.map(({ at, label }, index) => {
        const shift = index === 0 ? "0" : index === ticks.length - 1 ? "-100%" : "-50%";
        return (
          <span
            key={at}
            className="absolute whitespace-nowrap"
            style={{ left: `${(100 * at) / total}%`, transform: `translateX(${shift})` }}
          >
            {label}
          </span>
        );
      })}
    </div>
  );
}

/** Progress as weaving: woven is done, bare warp is to come. */
export function Cloth({ done, total, name, label, text, thread, thin = false, ticks }: ClothProps) {
  const { t } = useTranslation();
  const share = total ? Math.min(1, Math.max(0, done / total)) : 0;
  const style = {
    "--done": `${share * 100}%`,
    ...(thread ? { "--run": threadColor(thread) } : {}),
  } as CSSProperties;
  return (
    <div className="min-w-0">
      {(label !== undefined || text !== undefined) && (
        <div className="mb-1 flex flex-wrap justify-between gap-x-4 tabular-nums">
          <span>{label}</span>
          <span className="text-muted">{text}</span>
        </div>
      )}
      {total !== null && (
        <div
          role="progressbar"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={Math.min(done, total)}
          aria-valuetext={t("{{done}} of {{total}}, {{share}}", {
            done: written(done),
            total: written(total),
            share: formatPercent(share),
          })}
          className={`cloth ${thin ? "cloth-thin" : ""}`}
          style={style}
        >
          {share > 0 && <i />}
        </div>
      )}
      {total !== null && ticks && <Ticks ticks={ticks} total={total} />}
    </div>
  );
}
