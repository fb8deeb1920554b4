import { RotateCcw } from "lucide-react";
import { useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { useCrosshair } from "../parts/crosshair.ts";
import { Polite } from "../parts/Polite.tsx";
import { nearestIndex, unionGrid } from "../scale.ts";
import type { ChartMarker, Range, XAxis } from "../types.ts";
import { EndLabels } from "./EndLabels.tsx";
import { groupMarkers } from "./lanes/group.ts";
import { Lane } from "./lanes/Lane.tsx";
import { Overlay, toLeft } from "./Overlay.tsx";
import { PlotTip } from "./PlotTip.tsx";
import type { Line } from "./plot/model.ts";
import type { Plot } from "./plot/usePlot.ts";
import { capital, readings, readingWords, xWords } from "./summary.ts";
import { useCursor } from "./useCursor.ts";

export interface PlotAreaProps {
  title: string;
  summary: string;
  x: XAxis;
  lines: readonly Line[];
  plot: Plot;
  height: number;
  whole: readonly [number, number];
  range: Range | null;
  onRange: (range: Range | null) => void;
  yLog: boolean;
  markers: readonly ChartMarker[];
  /** Whether there is room for events, even before the first one. */
  hasLane: boolean;
  hasEndLabels: boolean;
  baselineId: string | undefined;
  syncKey: string | undefined;
}

/** The canvas with everything that lies over and below it. */
export function PlotArea(props: PlotAreaProps) {
  const { x, lines, plot, yLog, markers, range, onRange, whole } = props;
  const { geometry } = plot;
  const { t } = useTranslation();
  const summaryId = useId();
  const lane = useRef<HTMLDivElement>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [heard, tell] = useCrosshair(props.syncKey);
  const grid = useMemo(() => unionGrid(lines.map((line) => line.x)), [lines]);
  const onMarkers = () => lane.current?.querySelector<HTMLElement>("[data-marker]")?.focus();
  const { cursor, selection, surface } = useCursor({
    geometry,
    grid,
    whole,
    range,
    onRange,
    onCursor: tell,
    onMarkers,
  });
  const at = cursor?.x ?? (heard === null ? null : (grid[nearestIndex(grid, heard)] ?? null));
  const found = useMemo(
    () => (at === null ? [] : readings(lines, at, props.baselineId)),
    [lines, at, props.baselineId],
  );
  const place = geometry && {
    left: geometry.left,
    top: geometry.top,
    width: geometry.width,
    height: geometry.height,
  };
  const words = at === null ? "" : readingWords(t, x, at, found);
  return (
    <>
      <div className="relative w-full" style={{ height: props.height }}>
        <div ref={plot.host} className="absolute inset-0" />
        {geometry && place && (
          <>
            <span
              className="absolute right-0 text-xs text-muted"
              style={{ top: geometry.top + geometry.height + 6 }}
            >
              {x.label}
            </span>
            {props.hasEndLabels && <EndLabels lines={lines} geometry={geometry} yLog={yLog} />}
            <div className="absolute" style={place}>
              <Overlay
                geometry={geometry}
                yLog={yLog}
                at={at}
                readings={found}
                selection={selection}
                chosen={markers.find((marker) => marker.id === chosenId)}
              />
              <div
                role="slider"
                tabIndex={0}
                aria-label={props.title}
                aria-describedby={summaryId}
                aria-valuemin={whole[0]}
                aria-valuemax={whole[1]}
                aria-valuenow={cursor?.x ?? whole[1]}
                aria-valuetext={capital(xWords(t, x, cursor?.x ?? whole[1]))}
                className="absolute inset-0 cursor-crosshair touch-pan-y rounded-mark select-none"
                {...surface}
              />
              {cursor && !selection && (
                <PlotTip
                  x={x}
                  at={cursor.x}
                  readings={found}
                  baselineId={props.baselineId}
                  left={toLeft(geometry, cursor.x)}
                  top={cursor.top}
                  width={geometry.width}
                  height={geometry.height}
                />
              )}
              {range && (
                <Button
                  size="small"
                  icon={RotateCcw}
                  className="absolute top-1 right-1 z-10"
                  onPress={() => onRange(null)}
                >
                  {t("Reset zoom")}
                </Button>
              )}
            </div>
          </>
        )}
      </div>
      {props.hasLane &&
        (geometry && markers.length > 0 ? (
          <Lane
            lane={lane}
            groups={groupMarkers(markers, (value) => toLeft(geometry, value), geometry.width)}
            x={x}
            chosenId={chosenId}
            left={geometry.left}
            width={geometry.width}
            onChoose={(marker) => {
              setChosenId(marker.id);
              marker.onOpen?.();
            }}
          />
        ) : (
          <div className="h-7" />
        ))}
      <figcaption id={summaryId} className="sr-only">
        {props.summary}.{" "}
        {t("Arrow keys move the cursor, plus and minus zoom, Escape shows everything, M goes to the events.")}
      </figcaption>
      <Polite>{words}</Polite>
    </>
  );
}
