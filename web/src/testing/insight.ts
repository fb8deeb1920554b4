// Invented gradient flow and times of a run, for stories.
import type { Flow, Profile } from "../data/insight.ts";
import type { Curve } from "../data/live/curve.ts";
import { START } from "./run.ts";

const BINS = 41;

export interface FakeFlow {
  layers?: number;
  steps?: number;
  /** Layer whose histograms are there. */
  layer?: string;
}

/** A model whose deeper layers learn less, and whose third block goes wild at the end. */
export function fakeFlow({ layers = 8, steps = 40, layer = "" }: FakeFlow = {}): Flow {
  const names = ["embedding", ...Array.from({ length: layers - 2 }, (_, at) => `layer ${at}`), "head"].slice(
    0,
    layers,
  );
  const at = Array.from({ length: steps }, (_, place) => (place === 0 ? 1 : place * 25));
  const grow = (row: number, column: number) =>
    (names[row] === "layer 2" && column > steps * 0.9 ? 40 : 1) *
    (1 + 0.3 * Math.sin(row * 7 + column * 1.7));
  const matrix = (value: (row: number, column: number) => number) =>
    names.map((_, row) => at.map((_, column) => value(row, column)));
  return {
    steps: at,
    layers: names,
    paths: names.map((name) =>
      name.startsWith("layer ") ? `model.layers.${name.slice(6)}` : `model.${name}`,
    ),
    sizes: names.map((_, row) => 53_376 + row * 128),
    applied: at.map(() => true),
    values: {
      grad_norm: matrix((row, column) => (grow(row, column) * 2) / (1 + column * 0.2) / (1 + row)),
      update_ratio: matrix((row, column) => (grow(row, column) * 0.02) / (1 + column * 0.3)),
      weight_norm: matrix((row, column) => 8 + row + column * 0.05),
      zero_share: matrix((row) => (row === 0 ? 0.85 : 0)),
    },
    flags:
      layers > 4
        ? [
            {
              layer: "layer 2",
              kind: "exploding",
              first_step: 925,
              last_step: 975,
              records: 3,
              is_now: true,
              value: 3.1,
              limit: 1.1,
            },
            {
              layer: "embedding",
              kind: "large_update",
              first_step: 1,
              last_step: 1,
              records: 1,
              is_now: false,
              value: 0.32,
              limit: 0.1,
            },
          ]
        : [],
    total: steps,
    layer,
    histograms: layer
      ? {
          gradients: at.map((_, column) => bell(8 + column * 0.03, 2)),
          weights: at.map(() => bell(14, 1.6)),
          activations: layer.startsWith("layer") ? at.map(() => bell(16, 1.4)) : at.map(() => null),
        }
      : {},
    least_exponent: -8,
    per_decade: 2,
    bins: BINS,
  };
}

/** Two bells at the same distance from zero. */
function bell(distance: number, width: number): number[] {
  const middle = (BINS - 1) / 2;
  const raw = Array.from({ length: BINS }, (_, bin) => {
    const share = Math.exp(-(((Math.abs(bin - middle) - distance) / width) ** 2));
    return share < 1e-4 ? 0 : share;
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((share) => share / sum);
}

const PARTS: [string, number, number, number, boolean][] = [
  ["data", 2.1, 0.0022, 940, false],
  ["forward", 26.3, 0.028, 940, false],
  ["backward", 44.1, 0.047, 940, false],
  ["optimizer", 4.9, 0.0052, 940, false],
  ["flow", 0.4, 0.04, 10, false],
  ["logging", 0.5, 0.0005, 940, false],
  ["other", 0.3, 0.0003, 940, false],
  ["evaluation", 21.7, 4.34, 5, true],
  ["samples", 2.2, 0.44, 5, true],
  ["saving", 3.9, 0.78, 5, true],
];

/** Validation takes a fifth of the time of this run, which was traced once. */
export function fakeProfile(change: Partial<Profile> = {}): Profile {
  const seconds = PARTS.reduce((sum, part) => sum + part[1], 0);
  return {
    steps: 940,
    seconds,
    parts: PARTS.map(([name, spent, each, count, beside]) => ({
      name,
      seconds: spent,
      share: spent / seconds,
      each,
      count,
      beside,
    })),
    tokens_per_second: 12_430,
    mfu: 0.613,
    ceiling: 118e9,
    useful_share: 0.982,
    learned_share: 0.41,
    truncated_tokens: 1_204,
    path: "flat",
    path_reason: "",
    peak_bytes: 1_240_000_000,
    peak_step: 431,
    traces: [
      {
        name: "steps-431-433.json.gz",
        bytes: 812_000,
        first_step: 431,
        steps: 3,
        seconds: 0.31,
        time: START + 40,
        on_device: false,
        operators: [
          { name: "aten::mm", calls: 330, self_seconds: 0.121, share: 0.43 },
          { name: "aten::bmm", calls: 180, self_seconds: 0.034, share: 0.12 },
          { name: "aten::mul", calls: 354, self_seconds: 0.019, share: 0.07 },
        ],
      },
    ],
    suggestions: [
      {
        kind: "evaluation",
        field: "evaluation.every_steps",
        value: "1000",
        gain: 0.163,
        seconds: 17.4,
        because: { share: 0.204, times: 5 },
      },
    ],
    ...change,
  };
}

/** Curves of the parts of a step over the steps, as `timeColumns` reads them. */
export function fakeTimes(): Map<string, Curve> {
  const x = Array.from({ length: 94 }, (_, at) => at * 10 + 10);
  return new Map(
    PARTS.filter(([, , , , beside]) => !beside).map(([name, , each]) => {
      const at = name === "flow" ? x.filter((step) => step % 100 === 0) : x;
      const y = Float64Array.from(at, (step) => each * (1 + 0.15 * Math.sin(step / 60)));
      return [
        `time/${name}`,
        { run: "1m8linen07", key: `time/${name}`, x: Float64Array.from(at), y, isExact: true },
      ];
    }),
  );
}
