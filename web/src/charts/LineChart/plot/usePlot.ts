import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { xExtent } from "./model.ts";
import { type PlotState, plotOptions } from "./options.ts";
import "./plot.css";

/** Where the plot lies inside its box, px, and what it shows; new after each change of geometry. */
export interface Geometry {
  left: number;
  top: number;
  width: number;
  height: number;
  xMin: number;
  xMax: number;
  yMin: number;
  yMax: number;
}

export interface Plot {
  host: RefObject<HTMLDivElement | null>;
  plot: RefObject<uPlot | null>;
  geometry: Geometry | null;
}

/** uPlot only keeps the scales: its data are the two ends of what is seen. */
function ends(state: PlotState): [number[], number[]] {
  const seen = [...(state.range ?? xExtent(state.lines))];
  return [seen, seen];
}

function geometryOf(u: uPlot): Geometry {
  const ratio = uPlot.pxRatio;
  return {
    left: u.bbox.left / ratio,
    top: u.bbox.top / ratio,
    width: u.bbox.width / ratio,
    height: u.bbox.height / ratio,
    xMin: u.scales.x?.min ?? 0,
    xMax: u.scales.x?.max ?? 1,
    yMin: u.scales.y?.min ?? 0,
    yMax: u.scales.y?.max ?? 1,
  };
}

/** One uPlot for the life of the component; at most one `setData` a frame, none while it cannot be seen. */
export function usePlot(
  state: Omit<PlotState, "onPainted">,
  width: number,
  height: number,
  onPaint?: (milliseconds: number) => void,
): Plot {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [geometry, setGeometry] = useState<Geometry | null>(null);
  const frame = useRef(0);
  const isStale = useRef(true);
  const isSeen = useRef(true);
  const latest = useRef<PlotState>(null);
  const report = useRef(onPaint);
  const started = useRef(0);

  const onPainted = useCallback((u: uPlot) => {
    // uPlot draws in a microtask after `setData`: only here is the picture complete.
    if (started.current > 0) report.current?.(performance.now() - started.current);
    started.current = 0;
    const next = geometryOf(u);
    setGeometry((old) => (old && same(old, next) ? old : next));
  }, []);
  useLayoutEffect(() => {
    latest.current = { ...state, onPainted };
    report.current = onPaint;
  });

  const draw = useCallback(() => {
    isStale.current = true;
    if (frame.current !== 0 || !isSeen.current || document.hidden) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const u = plot.current;
      if (!u || !isSeen.current || document.hidden) return;
      isStale.current = false;
      started.current = performance.now();
      if (latest.current) u.setData(ends(latest.current), true);
    });
  }, []);

  const isReady = width > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made once; size, data and state are set below
  useLayoutEffect(() => {
    if (!host.current || !isReady) return;
    const get = () => latest.current ?? { ...state, onPainted };
    const u = new uPlot(plotOptions(get, { width, height }), ends(get()), host.current);
    u.root.ariaHidden = "true";
    plot.current = u;
    draw();
    const catchUp = () => {
      if (isStale.current) draw();
    };
    const observer = new IntersectionObserver(([entry]) => {
      isSeen.current = entry?.isIntersecting ?? true;
      catchUp();
    });
    observer.observe(host.current);
    document.addEventListener("visibilitychange", catchUp);
    return () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
      observer.disconnect();
      document.removeEventListener("visibilitychange", catchUp);
      u.destroy();
      plot.current = null;
    };
  }, [isReady]);

  useLayoutEffect(() => {
    const u = plot.current;
    if (u && (u.width !== width || u.height !== height) && width > 0) u.setSize({ width, height });
  }, [width, height]);

  const { lines, palette, yLog, focusId, hoverId, best, kind, range, clipOutliers, endRoom } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what the picture depends on
  useEffect(draw, [draw, lines, palette, yLog, focusId, hoverId, best, kind, range, clipOutliers, endRoom]);
  return { host, plot, geometry };
}

function same(a: Geometry, b: Geometry): boolean {
  return (Object.keys(a) as (keyof Geometry)[]).every((key) => a[key] === b[key]);
}
