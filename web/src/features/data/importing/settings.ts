// How a file becomes a dataset: its name, what its columns mean, how it is written, how it is split.

import type { ImportRequest } from "../../../data/datasets.ts";

export interface ImportSettings {
  dataset: string;
  mapping: Record<string, unknown>;
  format: Record<string, unknown>;
  split: Record<string, unknown>;
  /** Types that were chosen for columns; every other one is found by itself. */
  columns?: { types: Record<string, string> };
}

export const SHARES = ["train", "validation", "test"] as const;
export type Share = (typeof SHARES)[number];

export const settingsFor = (dataset: string): ImportSettings => ({
  dataset,
  mapping: { kind: "auto" },
  format: { kind: "auto" },
  split: { kind: "ratio", train: 0.9, validation: 0.05, test: 0.05, seed: 0, method: "hash" },
});

export const shareOf = (split: Record<string, unknown>, share: Share): number => Number(split[share] ?? 0);

/** Another share; the training part takes what is left, the rest of the other part gives way. */
export function withShare(
  split: Record<string, unknown>,
  share: Share,
  value: number,
): Record<string, unknown> {
  const round = (number: number) => Math.round(number * 1e4) / 1e4;
  const wanted = Math.min(1, Math.max(0, value));
  const others = SHARES.filter((each) => each !== share);
  const taker = share === "train" ? "validation" : "train";
  const giver = others.find((each) => each !== taker) ?? "test";
  const rest = 1 - wanted;
  const kept = Math.min(shareOf(split, giver), rest);
  return { ...split, [share]: round(wanted), [giver]: round(kept), [taker]: round(rest - kept) };
}

/** As the server has it: 1 to 100 characters without / \\ @, line breaks, or spaces at the ends. */
export const NAME = /^(?!\s)[^/\\@\r\n]{1,100}(?<!\s)$/;

export function requestOf(
  settings: ImportSettings,
  source: Pick<ImportRequest, "upload" | "uploads" | "path" | "source">,
): ImportRequest {
  return { ...source, ...settings };
}
