import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Range, XKind } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import { type Curve, seriesQuery } from "../../../data/series.ts";

const AXES = { step: "step", tokens: "tokens", time: "elapsed" } as const;
const PIXELS = 1200;
const REFRESH_MS = 5000;

/**
 * The curves on another axis, or a zoomed part with its own true extremes; null where the live ones serve. `onZoom` asks for a part
 * that is about to be shown: the question need not wait for the address.
 */
export function useCurves(
  run: string,
  view: RunView,
  xKind: XKind,
  range: Range | null,
  isLive: boolean,
): { other: ReadonlyMap<string, Curve> | null; onZoom: (part: Range) => void } {
  const client = useQueryClient();
  const keys = [...view.curves.keys()].filter((key) => /^(train|val)\/loss$|loss/.test(key));
  const isBucketed = keys.some((key) => view.curves.get(key)?.isExact === false);
  const of = (part: Range | null) => {
    const isNeeded = keys.length > 0 && (xKind !== "step" || (part !== null && isBucketed));
    return seriesQuery({
      runs: [run],
      keys: isNeeded ? keys : [],
      x: AXES[xKind],
      px: PIXELS,
      ...(part && isBucketed ? { from: part[0], to: part[1] } : {}),
    });
  };
  const query = of(range);
  const answer = useQuery({ ...query, refetchInterval: isLive && query.enabled ? REFRESH_MS : false });
  return {
    other: query.enabled && answer.data ? new Map(answer.data.map((curve) => [curve.key, curve])) : null,
    onZoom: (part) => {
      const asked = of(part);
      if (asked.enabled) void client.prefetchQuery(asked);
    },
  };
}
