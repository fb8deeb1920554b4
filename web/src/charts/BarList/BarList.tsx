import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatShort } from "../../ui/format.ts";
import { type Thread, threadColor } from "../../ui/thread.ts";
import { ChartState } from "../parts/ChartState.tsx";
import type { ChartStatus } from "../types.ts";

export interface BarItem {
  id: string;
  label: string;
  value: number;
  /** The value as it reads; without it, short: 9.4k. */
  words?: string | undefined;
  /** The bar's thread, when the item is a run. */
  thread?: Thread | undefined;
  /** Beside the words: a difference, a link. */
  note?: ReactNode;
}

export interface BarListProps {
  items: readonly BarItem[];
  /** The chart's accessible name: “Rows by reason”. */
  title: string;
  /** Bars beyond it are a warning. */
  limit?: number | undefined;
  /** The value of a full bar; without it, the greatest. */
  max?: number | undefined;
  /** Rows at most; the rest is named below. */
  most?: number;
  /** Makes each row a button. */
  onChoose?: ((id: string) => void) | undefined;
  status?: ChartStatus | undefined;
}

/** Horizontal bars with their names and values: a ranking one can read. */
export function BarList({ items, title, limit, max, most = 50, onChoose, status }: BarListProps) {
  const { t } = useTranslation();
  const instead =
    status ??
    (items.length === 0 ? { state: "empty" as const, title: t("Nothing to compare yet") } : undefined);
  if (instead) return <ChartState status={instead} height={128} />;
  const top = max ?? items.reduce((held, item) => Math.max(held, Math.abs(item.value)), 0);
  const rest = items.length - most;
  return (
    <div className="min-w-0">
      <ul aria-label={title} className="m-0 list-none p-0">
        {items.slice(0, most).map((item) => (
          <li key={item.id}>
            {onChoose ? (
              <button
                type="button"
                onClick={() => onChoose(item.id)}
                className="block w-full rounded-control text-left hover:bg-hover"
              >
                <Row item={item} top={top} limit={limit} />
              </button>
            ) : (
              <Row item={item} top={top} limit={limit} />
            )}
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <p className="px-2 pt-1 text-caption text-muted">{t("and {{count}} more", { count: rest })}</p>
      )}
    </div>
  );
}

function Row({ item, top, limit }: { item: BarItem; top: number; limit: number | undefined }) {
  const isBeyond = limit !== undefined && item.value > limit;
  const tone = isBeyond ? "bg-warning-mark" : "bg-accent-line";
  return (
    <span className="grid min-h-7 grid-cols-[minmax(72px,2fr)_minmax(48px,3fr)_auto] items-center gap-3 px-2">
      <span className="truncate text-text-2" title={item.label}>
        {item.label}
      </span>
      <span aria-hidden="true" className="h-2 rounded-mark bg-sunken">
        <i
          className={`block h-full rounded-mark ${item.thread ? "" : tone}`}
          style={{
            width: `${Math.min(100, (Math.abs(item.value) / (top || 1)) * 100)}%`,
            ...(item.thread && !isBeyond ? { background: threadColor(item.thread) } : {}),
          }}
        />
      </span>
      <span
        className="flex min-w-12 items-center justify-end gap-2 text-right tabular-nums"
        title={String(item.value)}
      >
        {item.words ?? formatShort(item.value)}
        {item.note}
      </span>
    </span>
  );
}
