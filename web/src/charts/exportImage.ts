// A chart to take away: an image with its words, an SVG of paths, a table of exact values.

export interface LegendEntry {
  label: string;
  color: string;
  dash: readonly number[];
}

export interface ImageWords {
  title: string;
  /** What the axes mean, below the plot. */
  caption: string;
  legend: readonly LegendEntry[];
  colors: { surface: string; text: string; muted: string };
  font: string;
}

const HEAD = 40;
const FOOT = 32;
const PAD = 16;

/** Draws the words around a finished plot. `ratio` is the plot's pixels per CSS pixel. */
export function composeImage(plot: HTMLCanvasElement, words: ImageWords, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const width = plot.width / ratio + 2 * PAD;
  const height = plot.height / ratio + HEAD + FOOT;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const ctx = canvas.getContext("2d");
  if (!ctx) return canvas;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = words.colors.surface;
  ctx.fillRect(0, 0, width, height);
  ctx.drawImage(plot, PAD, HEAD, plot.width / ratio, plot.height / ratio);
  ctx.textBaseline = "middle";
  ctx.fillStyle = words.colors.text;
  ctx.font = `600 13px ${words.font}`;
  ctx.fillText(words.title, PAD, HEAD / 2);
  drawLegend(ctx, words, PAD, height - FOOT / 2);
  ctx.font = `11px ${words.font}`;
  ctx.textAlign = "right";
  ctx.fillStyle = words.colors.muted;
  ctx.fillText(words.caption, width - PAD, height - FOOT / 2);
  return canvas;
}

function drawLegend(ctx: CanvasRenderingContext2D, words: ImageWords, left: number, y: number): void {
  ctx.font = `12px ${words.font}`;
  let x = left;
  for (const entry of words.legend) {
    ctx.strokeStyle = entry.color;
    ctx.lineWidth = 2;
    ctx.setLineDash([...entry.dash]);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + 28, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = words.colors.text;
    ctx.fillText(entry.label, x + 34, y);
    x += 34 + ctx.measureText(entry.label).width + 16;
  }
}

export function canvasBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob(
      (blob) => (blob ? done(blob) : fail(new Error("The image could not be encoded"))),
      "image/png",
    );
  });
}

export interface SvgLine extends LegendEntry {
  d: string;
  width: number;
  opacity: number;
}

export interface SvgTick {
  at: number;
  label: string;
}

export interface SvgChart extends Omit<ImageWords, "colors"> {
  width: number;
  height: number;
  /** The plot inside: left, top, right, bottom. */
  plot: readonly [number, number, number, number];
  lines: readonly SvgLine[];
  xTicks: readonly SvgTick[];
  yTicks: readonly SvgTick[];
  colors: ImageWords["colors"] & { line: string; axis: string };
}

/** The chart as SVG text, to scale without loss. */
export function toSvg(chart: SvgChart): string {
  const [left, top, right, bottom] = chart.plot;
  const { text, muted, surface, line, axis } = chart.colors;
  const words = (x: number, y: number, label: string, anchor: string, fill = muted, size = 11) =>
    `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}" font-size="${size}">${escapeXml(label)}</text>`;
  const rule = (x1: number, y1: number, x2: number, y2: number, stroke: string) =>
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"/>`;
  const stroke = (each: LegendEntry, width: number) =>
    `stroke="${each.color}" stroke-width="${width}"${each.dash.length > 0 ? ` stroke-dasharray="${each.dash.join(" ")}"` : ""}`;
  let x = left;
  const legend = chart.legend.map((each) => {
    const mark = `<line x1="${x}" y1="${chart.height - 12}" x2="${x + 28}" y2="${chart.height - 12}" ${stroke(each, 2)}/>`;
    const label = words(x + 34, chart.height - 8, each.label, "start", text, 12);
    x += 50 + each.label.length * 7;
    return mark + label;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${chart.width}" height="${chart.height}" viewBox="0 0 ${chart.width} ${chart.height}" font-family="${escapeXml(chart.font)}" role="img">`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<rect width="100%" height="100%" fill="${surface}"/>`,
    words(left, 20, chart.title, "start", text, 13),
    ...chart.yTicks.map(
      (tick) => rule(left, tick.at, right, tick.at, line) + words(left - 8, tick.at + 4, tick.label, "end"),
    ),
    rule(left, bottom, right, bottom, axis),
    ...chart.xTicks.map((tick) => words(tick.at, bottom + 18, tick.label, "middle")),
    `<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    `<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`,
    ...chart.lines.map(
      (each) => `<path d="${each.d}" ${stroke(each, each.width)} opacity="${each.opacity}"/>`,
    ),
    "</g>",
    ...legend,
    words(right, chart.height - 8, chart.caption, "end"),
    "</svg>",
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export type Cell = number | string | null | undefined;

/** A header and one line a row; numbers exact, gaps empty, cells quoted where they must be. */
export function toCsv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header.map(csvCell).join(",")];
  for (const row of rows) lines.push(row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : String(cell);
  // A leading sign would make a spreadsheet run the text as a formula.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands a file to the browser's downloads. */
export function saveFile(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
