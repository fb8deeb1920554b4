// The kinds of split: what each is called, what it starts with, and which fields it has.

type Split = Record<string, unknown>;

export interface SplitKind {
  id: string;
  title: string;
  help: string;
  hasShares: boolean;
  hasSeed: boolean;
  /** What its column is called; without one it looks at none. */
  column?: { label: string; help: string; isOptional?: boolean };
}

export const SPLIT_KINDS: readonly SplitKind[] = [
  {
    id: "ratio",
    title: "By shares",
    help: "Shares of the rows, by the content of each row or by chance.",
    hasShares: true,
    hasSeed: true,
  },
  {
    id: "count",
    title: "By counts",
    help: "So many rows to validate and to test on; the rest is learned from.",
    hasShares: false,
    hasSeed: true,
  },
  {
    id: "stratified",
    title: "Classes in proportion",
    help: "Each class has its share in every part, the rare ones too.",
    hasShares: true,
    hasSeed: true,
    column: {
      label: "Column with the class",
      help: "Empty takes the column that was mapped as the class.",
      isOptional: true,
    },
  },
  {
    id: "grouped",
    title: "Groups kept together",
    help: "All rows of one author, patient or page are in the same part.",
    hasShares: true,
    hasSeed: true,
    column: { label: "Column with the group", help: "A row without a value is a group of its own." },
  },
  {
    id: "time",
    title: "Oldest first",
    help: "Learn from the oldest rows and test on the newest, as it will be in use.",
    hasShares: true,
    hasSeed: false,
    column: {
      label: "Column with the time",
      help: "As 2026-03-01 or 2026-03-01T12:00:00Z, or seconds since 1970.",
    },
  },
  {
    id: "column",
    title: "A column names it",
    help: "The data is split already; a column says how.",
    hasShares: false,
    hasSeed: false,
    column: { label: "Column of the split", help: "It says train, validation or test in every row." },
  },
  {
    id: "files",
    title: "File names say it",
    help: "The files are split already: train, validation or test is in each name or its folder.",
    hasShares: false,
    hasSeed: false,
  },
];

const SHARES = { train: 0.9, validation: 0.05, test: 0.05 };

export const splitKind = (kind: unknown): SplitKind =>
  SPLIT_KINDS.find(({ id }) => id === kind) ?? (SPLIT_KINDS[0] as SplitKind);

/** A split of another kind that keeps what both kinds know: shares and seed. */
export function asKind(split: Split, id: string): Split {
  const kind = splitKind(id);
  const kept =
    "train" in split ? { train: split.train, validation: split.validation, test: split.test } : SHARES;
  return {
    kind: kind.id,
    ...(kind.hasShares ? kept : {}),
    ...(kind.id === "count" ? { validation: 500, test: 500 } : {}),
    ...(kind.hasSeed ? { seed: split.seed ?? 0 } : {}),
    ...(kind.id === "ratio" ? { method: "hash" } : {}),
    ...(kind.column ? { column: kind.id === "column" ? "split" : kind.column.isOptional ? null : "" } : {}),
  };
}

/** Whether it can be tried: a column is named where one is needed. */
export const isWhole = (split: Split): boolean => {
  const { column } = splitKind(split.kind);
  return column === undefined || column.isOptional === true || Boolean(split.column);
};
