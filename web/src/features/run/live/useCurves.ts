import { useQuery } from "@tanstack/react-query";
import type { Range, XKind } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import { type Curve, seriesQuery } from "../../../data/series.ts";

const AXES = { step: "step", tokens: "tokens", time: "elapsed" } as const;
const PIXELS = 1200;
const REFRESH_MS = 5000;

/** The curves on another axis, or a zoomed part with its own true extremes; null where the live ones serve. */
export function useCurves(
  run: string,
  view: RunView,
  xKind: XKind,
  range: Range | null,
  isLive: boolean,
): ReadonlyMap<string, Curve> | null {
  const keys = [...view.curves.keys()].filter((key) => /^(train|val)\/loss$|loss/.test(key));
  const isBucketed = keys.some((key) => view.curves.get(key)?.isExact === false);
  const isNeeded = keys.length > 0 && (xKind !== "step" || (range !== null && isBucketed));
  const answer = useQuery({
    ...seriesQuery({
      runs: [run],
      keys: isNeeded ? keys : [],
      x: AXES[xKind],
      px: PIXELS,
      ...(range && isBucketed ? { from: range[0], to: range[1] } : {}),
    }),
    refetchInterval: isLive && isNeeded ? REFRESH_MS : false,
  });
  if (!isNeeded || !answer.data) return null;
  return new Map(answer.data.map((curve) => [curve.key, curve]));
}
