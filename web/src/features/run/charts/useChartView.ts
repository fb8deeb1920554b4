import { useEffect, useState } from "react";
import type { LineChartView, Range, XKind } from "../../../charts/types.ts";

export type Search = Record<string, string>;
export type OnSearch = (changes: Record<string, string | undefined>) => void;

const SMOOTHING = 0.6;
const SETTLE_MS = 300;

/** How a chart is seen, as the address says it. What is dragged is shown at once and written when it rests. */
export function useChartView(search: Search, onSearch: OnSearch) {
  const written = search.smooth === undefined ? SMOOTHING : Number(search.smooth);
  const [smoothing, setSmoothing] = useState(Number.isFinite(written) ? written : SMOOTHING);
  useEffect(() => {
    if (smoothing === written) return;
    const timer = window.setTimeout(
      () => onSearch({ smooth: smoothing === SMOOTHING ? undefined : String(smoothing) }),
      SETTLE_MS,
    );
    return () => window.clearTimeout(timer);
  }, [smoothing, written, onSearch]);
  const view: LineChartView = {
    smoothing,
    yLog: search.log === "1",
    xKind: xKindOf(search),
    clipOutliers: search.clip === "1",
    asTable: search.table === "1",
  };
  const onChange = (change: Partial<LineChartView>) => {
    if (change.smoothing !== undefined) setSmoothing(change.smoothing);
    const flag = (value: boolean | undefined) => (value ? "1" : undefined);
    const changes = {
      ...("yLog" in change ? { log: flag(change.yLog) } : {}),
      ...("clipOutliers" in change ? { clip: flag(change.clipOutliers) } : {}),
      ...("asTable" in change ? { table: flag(change.asTable) } : {}),
      ...("xKind" in change
        ? { x: change.xKind === "step" ? undefined : change.xKind, from: undefined, to: undefined }
        : {}),
    };
    if (Object.keys(changes).length > 0) onSearch(changes);
  };
  return { view, onChange };
}

export function xKindOf(search: Search): XKind {
  return search.x === "tokens" || search.x === "time" ? search.x : "step";
}

export function rangeOf(search: Search): Range | null {
  const [from, to] = [Number(search.from), Number(search.to)];
  return search.from && search.to && from < to ? [from, to] : null;
}

export function rangeSearch(range: Range | null): Record<string, string | undefined> {
  const write = (value: number | undefined) =>
    value === undefined ? undefined : String(Number(value.toPrecision(8)));
  return { from: write(range?.[0]), to: write(range?.[1]) };
}
