// What differs between runs: settings side by side, and how much better a number is.

export type Setting = string | number | undefined;

export interface DiffRow {
  field: string;
  values: Setting[];
  isEqual: boolean;
}

/** Settings that say nothing about the training itself. */
const IGNORED = new Set(["name", "task"]);

/** Every setting of some runs, in the order of the alphabet; `undefined` where a run has none. */
export function diffOf(params: readonly Record<string, string | number>[]): DiffRow[] {
  const fields = [...new Set(params.flatMap((each) => Object.keys(each)))].filter(
    (field) => !IGNORED.has(field),
  );
  return fields.sort().map((field) => {
    const values = params.map((each) => each[field]);
    return { field, values, isEqual: values.every((value) => value === values[0]) };
  });
}

export interface Change {
  delta: number;
  verdict: "better" | "worse" | "neutral";
}

export function changedSince(
  value: number | null,
  baseline: number | null,
  direction: "lower" | "higher" | null,
): Change | null {
  if (value === null || baseline === null) return null;
  const delta = value - baseline;
  if (delta === 0 || direction === null) return { delta, verdict: "neutral" };
  return { delta, verdict: delta < 0 === (direction === "lower") ? "better" : "worse" };
}
