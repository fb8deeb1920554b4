// Invented curves for the workshop's stories; no product code imports this file.
import type { ChartMarker, LineSeries } from "./types.ts";

/** Repeatable chance. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function grid(points: number, last: number): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => Math.round((i / Math.max(1, points - 1)) * last));
}

export interface CurveOptions {
  seed?: number;
  floor?: number;
  noise?: number;
  /** Position of a loss spike. */
  spike?: number;
}

export function curve(x: Float64Array, options: CurveOptions = {}): Float64Array {
  const { seed = 1, floor = 1.75, noise = 0.05, spike } = options;
  const random = chance(seed);
  const last = x[x.length - 1] ?? 1;
  return x.map((at) => {
    const fall = 2.7 * Math.exp((-at / last) * 7) + 0.5 * Math.exp((-at / last) * 1.6);
    const near = spike === undefined ? 0 : Math.max(0, 1 - Math.abs(at - spike) / (last * 0.006));
    return floor + fall + (random() - 0.5) * 2 * noise + near * 1.2;
  });
}

export function trainAndValidation(): LineSeries[] {
  const x = grid(600, 9412);
  const sparse = grid(19, 9000);
  return [
    { id: "train", label: "train", x, y: curve(x, { spike: 7420, noise: 0.07 }) },
    {
      id: "validation",
      label: "validation",
      isValidation: true,
      x: sparse,
      y: curve(sparse, { floor: 1.85, noise: 0.01 }),
    },
  ];
}

export function runs(count: number, points = 400, last = 12_000): LineSeries[] {
  const x = grid(points, last);
  return Array.from({ length: count }, (_, i) => ({
    id: `run-${i}`,
    label: `linen-${String(i + 1).padStart(2, "0")}`,
    x,
    y: curve(x, { seed: i + 1, floor: 1.6 + i * 0.06, noise: 0.04 }),
  }));
}

/** Buckets as the server sends them: the mean, with the least and greatest value. */
export function bucketed(): LineSeries[] {
  const x = grid(300, 12_000);
  const y = curve(x, { noise: 0.02 });
  const random = chance(9);
  const spread = y.map(() => 0.05 + random() * 0.1);
  const max = y.map((value, i) => value + (spread[i] ?? 0) + (i === 190 ? 1.6 : 0));
  return [{ id: "train", label: "train", x, y, min: y.map((value, i) => value - (spread[i] ?? 0)), max }];
}

export function events(onOpen?: () => void): ChartMarker[] {
  const at = (id: string, x: number, kind: ChartMarker["kind"], label: string) => ({
    id,
    x,
    kind,
    label,
    onOpen,
  });
  return [
    at("c1", 1000, "checkpoint", "68 MB"),
    at("c2", 3000, "checkpoint", "68 MB"),
    at("c3", 5000, "checkpoint", "68 MB"),
    at("e1", 6500, "evaluation", "ROUGE-L 0.61"),
    at("a1", 7420, "anomaly", "loss spike, gradient norm 8.6"),
    at("g1", 7460, "change", "gradient clip 2.0 → 1.0"),
    at("c4", 9000, "checkpoint", "68 MB, best so far"),
  ];
}
