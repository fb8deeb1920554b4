// Runs that differ in nothing but their seed say how much of a distance is chance.

import type { Run } from "../../../data/runs.ts";

/** Settings that make no other training: names, and what chance is drawn from. */
const CHANCE = /(^|\.)(seed|name|tags|project|notes)$/;

/** All of `runs` with the settings of `run`, itself among them. */
export function sameButSeed(run: Run, runs: readonly Run[]): Run[] {
  const own = settingsOf(run);
  return runs.filter((each) => settingsOf(each) === own);
}

function settingsOf({ params, task }: Run): string {
  const entries = Object.entries(params).filter(([field]) => !CHANCE.test(field));
  return JSON.stringify([task, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export interface Distance {
  /** Mean of the one group minus mean of the other. */
  delta: number;
  /** Half of the 95 % interval. */
  half: number;
}

/** The distance of two means with its 95 % interval (Welch 1947); nothing where a group has fewer than two values. */
export function distanceOf(values: readonly number[], others: readonly number[]): Distance | null {
  if (values.length < 2 || others.length < 2) return null;
  const [a, b] = [spreadOf(values), spreadOf(others)];
  const error = a.error + b.error;
  const freedom = error ** 2 / (a.error ** 2 / (values.length - 1) + b.error ** 2 / (others.length - 1));
  return { delta: a.mean - b.mean, half: error === 0 ? 0 : studentT(Math.floor(freedom)) * Math.sqrt(error) };
}

function spreadOf(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { mean, error: squares / (values.length - 1) / values.length };
}

/** The 97.5 % quantile of Student's t for 1 to 10 degrees of freedom. */
const QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL = 1.96;

/** Beyond ten degrees by the expansion of Fisher, which is right to 0.002 there. */
function studentT(freedom: number): number {
  const known = QUANTILES[Math.max(1, freedom) - 1];
  if (known !== undefined) return known;
  const [first, second] = [
    (NORMAL ** 3 + NORMAL) / 4,
    (5 * NORMAL ** 5 + 16 * NORMAL ** 3 + 3 * NORMAL) / 96,
  ];
  return NORMAL + first / freedom + second / freedom ** 2;
}
