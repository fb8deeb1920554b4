// The ledger as threads: one thread is 1 % of the raw tokens; it keeps its reason's colour and leaves where it is lost.

import { formatCount, MINUS } from "../format.ts";

export type LossTone = "danger" | "warning" | "muted";

export interface LedgerStage {
  label: string;
  /** Tokens left here. */
  value: number;
}

export interface LedgerLoss {
  /** Index of the stage after which it happens. */
  afterStage: number;
  label: string;
  /** Tokens lost; negative: tokens that came in. */
  value: number;
  tone: LossTone;
  /** Leads to the rows it is about. */
  href?: string;
}

export interface LedgerGap {
  from: LedgerStage;
  to: LedgerStage;
  /** Tokens that no reason explains. */
  unexplained: number;
}

/** Tokens with one digit more than elsewhere, so that the eye can add them up: 128.4 M. */
export function formatTokens(value: number): string {
  const size = Math.abs(value);
  for (const [limit, unit] of [
    [1e9, "B"],
    [1e6, "M"],
  ] as const) {
    if (size >= limit) return `${(value / limit).toFixed(1).replace(/^-/, MINUS)} ${unit}`;
  }
  return formatCount(value);
}

/** As a change, always with its sign: −5.1 M, +2.6 M. */
export const formatChange = (value: number) => (value > 0 ? "+" : "") + formatTokens(value);

/** The stages whose difference is not the sum of their reasons. Empty: the numbers add up. */
export function findGaps(stages: readonly LedgerStage[], losses: readonly LedgerLoss[]): LedgerGap[] {
  const gaps: LedgerGap[] = [];
  for (const [index, to] of stages.entries()) {
    const from = stages[index - 1];
    if (!from) continue;
    const lost = losses
      .filter(({ afterStage }) => afterStage === index - 1)
      .reduce((sum, { value }) => sum + value, 0);
    const unexplained = from.value - lost - to.value;
    if (unexplained !== 0) gaps.push({ from, to, unexplained });
  }
  return gaps;
}

/** Where a stage stands, 0 to 1: the first at the edge, the others evenly, with room behind the last. */
export function placeOf(stage: number, count: number): number {
  if (stage === 0 || count < 2) return 0;
  const first = count > 2 ? 0.128 : 0.5;
  return first + ((0.844 - first) * (stage - 1)) / Math.max(1, count - 2);
}

export interface Strand {
  /** Row from above. */
  slot: number;
  /** Stage where it comes in; 0 for raw. */
  from: number;
  /** The loss it leaves with; none if it is trained. */
  loss?: number;
  /** Its place among the threads of that loss. */
  rank: number;
}

const MAX_STRANDS = 220;

/** Every thread of the cloth. What leaves first lies lowest; what comes in lies below what is there. */
export function weave(stages: readonly LedgerStage[], losses: readonly LedgerLoss[]): Strand[] {
  const raw = stages[0]?.value ?? 0;
  if (raw <= 0) return [];
  const strands: Strand[] = Array.from({ length: 100 }, (_, slot) => ({ slot, from: 0, rank: 0 }));
  const alive = [...strands];
  for (const [index, loss] of losses.map((each, n) => [n, each] as const).sort(byStage)) {
    const share = (100 * loss.value) / raw;
    const threads = share === 0 ? 0 : Math.sign(share) * Math.max(1, Math.round(Math.abs(share)));
    for (let rank = 0; rank < threads; rank += 1) {
      const strand = alive.pop();
      if (strand) Object.assign(strand, { loss: index, rank });
    }
    for (let rank = 0; rank < -threads && strands.length < MAX_STRANDS; rank += 1) {
      const strand = { slot: alive.length, from: loss.afterStage + 1, rank };
      strands.push(strand);
      alive.push(strand);
    }
  }
  return strands;
}

function byStage(a: readonly [number, LedgerLoss], b: readonly [number, LedgerLoss]): number {
  return a[1].afterStage - b[1].afterStage || a[0] - b[0];
}
