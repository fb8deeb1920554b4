// Invented X-rays of a step, for stories.
import type { RunNews } from "../data/live/stream.ts";
import { START } from "./run.ts";

/** An X-ray of a step: sixteen rows, one of them far worse than the others. */
export function fakeXray(ofStep = 742, numRows = 16, numLayers = 4): RunNews {
  const losses = Array.from({ length: numRows }, (_, at) => 9.4 / (1 + at * at * 0.4) + 1.6);
  const words = [
    "My",
    " parcel",
    " says",
    " Xq7",
    "#@",
    " zzk",
    " delivered",
    "\n",
    " but",
    " not",
    " here",
    ".",
  ];
  const tokens = words.map((text, at) =>
    at < 2 ? { text } : { text, loss: [0.4, 11.2, 8.9, 9.7, 2.3, 0.1, 1.2, 3.1, 0.8, 0.2][at - 2] },
  );
  const rows = losses.map((loss, at) => ({ row: (at * 187 + 17) % 4000, loss, units: 40 + at }));
  const layers = Array.from({ length: numLayers }, (_, at) => [`layer ${at}`, 0.4 + at * 0.3] as const);
  return {
    type: "xray",
    time: START + ofStep * 0.08,
    step: ofStep + 3,
    of_step: ofStep,
    loss: 4.27,
    num_rows: numRows,
    rows: rows.slice(0, 32),
    texts: rows.slice(0, 4).map(({ row, loss }) => ({ row, loss, tokens })),
    layers: { head: 2.1, ...Object.fromEntries(layers), embedding: 0.7, norm: 0.02 },
  };
}

/** The trainer's answer to an X-ray that was asked for. */
export const fakeXrayAnswer = (step: number, accepted: boolean, message: string): RunNews => ({
  type: "command",
  time: START + step * 0.08,
  step: step + 3,
  number: 9,
  command: "xray",
  arguments: { step },
  accepted,
  message,
});
