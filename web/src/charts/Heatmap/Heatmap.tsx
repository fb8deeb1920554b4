import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatValue } from "../../ui/format.ts";
import { XLabels, YLabels } from "../parts/Axes.tsx";
import { ChartState } from "../parts/ChartState.tsx";
import { CursorSurface } from "../parts/CursorSurface.tsx";
import { usePalette } from "../parts/palette.ts";
import { TableToggle } from "../parts/TableToggle.tsx";
import { Tip } from "../parts/Tip.tsx";
import { useWidth } from "../parts/useSize.ts";
import type { ChartStatus } from "../types.ts";
import { fillPixels, heatScale, heatTable } from "./pixels.ts";

export interface HeatmapProps {
  /** Row after row; NaN is no value. */
  values: Float32Array;
  rows: number;
  columns: number;
  /** Name of a row, and of a column. */
  rowLabel: (row: number) => string;
  columnLabel: (column: number) => string;
  /** The chart's accessible name: “Gradient norm by layer and step”. */
  title: string;
  isLog?: boolean;
  /** The ends of the scale; without them, those of the values. */
  domain?: readonly [number, number] | undefined;
  /** Height of the cells, px. */
  height?: number;
  /** Width kept for the names of rows, px. */
  labelWidth?: number;
  /** The cursor stands on a cell. */
  onChoose?: ((row: number, column: number) => void) | undefined;
  /** A cell is pressed, by a click or by Enter. */
  onPress?: ((row: number, column: number) => void) | undefined;
  status?: ChartStatus | undefined;
  /** Told how many ms the cells took. */
  onPaint?: ((milliseconds: number) => void) | undefined;
}

/** A matrix as cloth: one cell a value, light to dark. */
export function Heatmap(props: HeatmapProps) {
  const {
    values,
    rows,
    columns,
    rowLabel,
    columnLabel,
    title,
    isLog = false,
    height = 200,
    labelWidth = 64,
  } = props;
  const { t } = useTranslation();
  const [plot, width] = useWidth<HTMLDivElement>();
  const [index, setIndex] = useState<number | null>(null);
  const { domain } = props;
  const scale = useMemo(() => heatScale(values, isLog, domain), [values, isLog, domain]);
  const isEmpty = rows * columns === 0;
  const status =
    props.status ?? (isEmpty ? { state: "empty" as const, title: t("No values yet") } : undefined);
  if (status) return <ChartState status={status} height={height} />;
  const row = Math.floor((index ?? 0) / columns);
  const column = (index ?? 0) % columns;
  const words = (at: number) =>
    t("{{row}}, {{column}}: {{value}}", {
      row: rowLabel(Math.floor(at / columns)),
      column: columnLabel(at % columns),
      value: formatValue(values[at]),
    });
  return (
    <figure className="m-0 min-w-0">
      <div className="flex" style={{ height }}>
        <YLabels ticks={spread(rows, Math.floor(height / 16), rowLabel)} width={labelWidth} />
        <div ref={plot} className="relative min-w-0 flex-1">
          <Cells {...props} scale={scale} width={width} height={height} />
          {index !== null && (
            <i
              aria-hidden="true"
              className="pointer-events-none absolute z-10 outline-2 outline-text"
              style={{
                left: `${(column / columns) * 100}%`,
                top: `${(row / rows) * 100}%`,
                width: `${100 / columns}%`,
                height: `${100 / rows}%`,
              }}
            />
          )}
          <CursorSurface
            label={title}
            count={rows * columns}
            columns={columns}
            index={index}
            onIndex={(next) => {
              setIndex(next);
              if (next !== null) props.onChoose?.(Math.floor(next / columns), next % columns);
            }}
            valueText={
              index === null
                ? t("{{rows}} rows, {{columns}} columns, {{min}} to {{max}}", {
                    rows,
                    columns,
                    min: formatValue(scale.min),
                    max: formatValue(scale.max),
                  })
                : words(index)
            }
            at={(x, y) => cellAt(x, y, rows, columns)}
            onPress={props.onPress && index !== null ? () => props.onPress?.(row, column) : undefined}
          />
          {index !== null && (
            <Tip
              left={((column + 0.5) / columns) * width}
              top={(row / rows) * height}
              width={width}
              height={height}
            >
              {words(index)}
            </Tip>
          )}
        </div>
      </div>
      <div style={{ paddingLeft: labelWidth }}>
        <XLabels ticks={spread(columns, Math.floor(width / 72), columnLabel)} />
      </div>
      <TableToggle
        title={title}
        header={["", ...Array.from({ length: Math.min(columns, 50) }, (_, i) => columnLabel(i))]}
        rows={() =>
          Array.from({ length: Math.min(rows, 200) }, (_, i) => [
            rowLabel(i),
            ...values.subarray(i * columns, i * columns + Math.min(columns, 50)),
          ])
        }
      >
        <Scale min={scale.min} max={scale.max} isLog={scale.isLog} />
      </TableToggle>
    </figure>
  );
}

function cellAt(x: number, y: number, rows: number, columns: number): number | null {
  if (x < 0 || y < 0 || x >= 1 || y >= 1) return null;
  return Math.floor(y * rows) * columns + Math.floor(x * columns);
}

/** Labels at the centres of evenly spread cells. */
function spread(count: number, most: number, label: (index: number) => string) {
  const stride = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: Math.ceil(count / stride) }, (_, i) => ({
    at: (i * stride + 0.5) / count,
    label: label(i * stride),
  }));
}

interface CellsProps extends HeatmapProps {
  scale: ReturnType<typeof heatScale>;
  width: number;
  height: number;
}

const GAP = 0.6;
const LEAST_CELL = 5;

function Cells({ values, rows, columns, scale, width, height, onPaint }: CellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const table = useMemo(() => heatTable(palette.heat), [palette]);
  const report = useRef(onPaint);
  useEffect(() => {
    report.current = onPaint;
  });
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const before = performance.now();
    const image = context.createImageData(columns, rows);
    fillPixels(new Uint32Array(image.data.buffer), values, scale, table);
    context.putImageData(image, 0, 0);
    report.current?.(performance.now() - before);
  }, [values, rows, columns, scale, table]);
  const hasGaps = width / columns >= LEAST_CELL && height / rows >= LEAST_CELL;
  const gap = (direction: string) =>
    `linear-gradient(${direction}, var(--surface) ${GAP}px, transparent ${GAP}px)`;
  return (
    <div aria-hidden="true" className="absolute inset-0">
      <canvas
        ref={canvas}
        width={columns}
        height={rows}
        className="absolute inset-0 size-full [image-rendering:pixelated]"
      />
      {hasGaps && (
        <div
          aria-hidden="true"
          className="absolute inset-0"
          style={{
            backgroundImage: `${gap("to left")}, ${gap("to top")}`,
            backgroundSize: `${width / columns}px ${height / rows}px`,
          }}
        />
      )}
    </div>
  );
}

function Scale({ min, max, isLog }: { min: number; max: number; isLog: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="flex items-center gap-2 tabular-nums">
      <span title={String(min)}>{formatValue(min, 3)}</span>
      <span aria-hidden="true" className="flex gap-px">
        {[0, 1, 2, 3, 4, 5, 6, 7].map((step) => (
          <i key={step} className="h-2 w-3.5" style={{ background: `var(--heat-${step})` }} />
        ))}
      </span>
      <span title={String(max)}>{formatValue(max, 3)}</span>
      {isLog && <span>{t("log")}</span>}
    </span>
  );
}
