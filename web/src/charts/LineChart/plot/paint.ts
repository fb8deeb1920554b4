// The lines on the canvas: band, ghost of the raw values, then the line itself.
import uPlot from "uplot";
import { bandPixels, linePixels, type Projection } from "../../bucket.ts";
import type { Palette } from "../../parts/palette.ts";
import { bestIndex, colorOf, dashOf, type Line } from "./model.ts";

export interface Scene {
  lines: readonly Line[];
  palette: Palette;
  yLog: boolean;
  focusId: string | undefined;
  hoverId: string | null;
  best: "min" | "max" | undefined;
}

const WIDTH = 1.75;
const FOCUS_WIDTH = 2.5;
const GHOST = 0.28;
const DIM = 0.35;

/** How the plot maps values to canvas pixels at this moment. */
export function projectionOf(u: uPlot, yLog: boolean, isCanvas = true): Projection {
  const { min, max } = u.scales.x ?? {};
  const toY = (value: number) => u.valToPos(value, "y", isCanvas);
  const y0 = toY(0);
  const slope = toY(1) - y0;
  const x0 = u.valToPos(0, "x", isCanvas);
  const xSlope = u.valToPos(1, "x", isCanvas) - x0;
  return {
    from: min ?? 0,
    to: max ?? 1,
    px: (x) => x0 + x * xSlope,
    py: yLog ? (y) => (y > 0 ? y0 + Math.log10(y) * slope : Number.NaN) : (y) => y0 + y * slope,
  };
}

export function paint(u: uPlot, scene: Scene): void {
  const { ctx, bbox } = u;
  const to = projectionOf(u, scene.yLog);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  const front = scene.hoverId ?? scene.focusId;
  const ordered = [...scene.lines].sort((a, b) => Number(a.id === front) - Number(b.id === front));
  for (const line of ordered) paintUnder(ctx, line, scene, to);
  for (const line of ordered) paintLine(ctx, line, scene, to);
  ctx.restore();
}

function alphaOf(line: Line, scene: Scene): number {
  return scene.hoverId !== null && scene.hoverId !== line.id ? DIM : 1;
}

function paintUnder(ctx: CanvasRenderingContext2D, line: Line, scene: Scene, to: Projection): void {
  const color = colorOf(line, scene.palette);
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([]);
  if (line.min && line.max) {
    ctx.beginPath();
    for (const outline of bandPixels(line.x, line.min, line.max, to)) trace(ctx, outline);
    ctx.globalAlpha = 0.14 * alphaOf(line, scene);
    ctx.fill();
    ctx.globalAlpha = GHOST * alphaOf(line, scene);
    ctx.stroke();
  }
  if (!line.raw) return;
  ctx.globalAlpha = GHOST * alphaOf(line, scene);
  ctx.beginPath();
  trace(ctx, linePixels(line.x, line.raw, to));
  ctx.stroke();
}

function paintLine(ctx: CanvasRenderingContext2D, line: Line, scene: Scene, to: Projection): void {
  ctx.globalAlpha = alphaOf(line, scene);
  ctx.strokeStyle = colorOf(line, scene.palette);
  ctx.lineWidth =
    (line.id === scene.focusId || line.id === scene.hoverId ? FOCUS_WIDTH : WIDTH) * uPlot.pxRatio;
  ctx.setLineDash(dashOf(line).map((length) => length * uPlot.pxRatio));
  ctx.beginPath();
  trace(ctx, linePixels(line.x, line.y, to));
  ctx.stroke();
  if (scene.best) paintBest(ctx, line, scene, to);
}

/** A ring in the line's colour around its best value. */
function paintBest(ctx: CanvasRenderingContext2D, line: Line, scene: Scene, to: Projection): void {
  const at = bestIndex(line.raw ?? line.y, scene.best ?? "min");
  if (at < 0) return;
  ctx.setLineDash([]);
  ctx.fillStyle = scene.palette.surface;
  ctx.beginPath();
  ctx.arc(to.px(line.x[at] ?? 0), to.py(line.y[at] ?? 0), 3.5 * uPlot.pxRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}

function trace(ctx: CanvasRenderingContext2D, pixels: readonly number[]): void {
  let isUp = true;
  for (let i = 0; i < pixels.length; i += 2) {
    const x = pixels[i] ?? Number.NaN;
    const y = pixels[i + 1] ?? Number.NaN;
    if (Number.isNaN(y)) {
      isUp = true;
      continue;
    }
    if (isUp) {
      ctx.moveTo(x, y);
      // A point alone between two gaps is still seen.
      if (Number.isNaN(pixels[i + 3] ?? Number.NaN)) ctx.lineTo(x + uPlot.pxRatio * 1.5, y);
    } else ctx.lineTo(x, y);
    isUp = false;
  }
}
