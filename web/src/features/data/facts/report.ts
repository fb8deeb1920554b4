// The import report, as the importer writes it, and its numbers in the order in which a person needs them.

export interface ImportReport {
  shape: string;
  mapping: Record<string, string | null>;
  mapping_reason: string;
  rows: { raw: number; good: number; bad: number };
  splits: Record<string, number>;
  columns: Record<string, string>;
  reasons: Record<string, number>;
  first_bad: BadRow[];
  duplicates: { rows: number; contents: number };
  files: { name: string; bytes: number; why: string; rows: number; format: Record<string, unknown> }[];
  skipped_files: { name: string; reason: string }[];
  num_skipped_files: number;
  notes: string[];
}

export interface BadRow {
  file: string;
  line: number | null;
  row: number | null;
  reason: string;
  raw: string;
}

/** A report of another age may lack parts. */
export function readReport(raw: Record<string, unknown>): ImportReport {
  const report = raw as Partial<ImportReport>;
  return {
    shape: report.shape ?? "",
    mapping: report.mapping ?? {},
    mapping_reason: report.mapping_reason ?? "",
    rows: report.rows ?? { raw: 0, good: 0, bad: 0 },
    splits: report.splits ?? {},
    columns: report.columns ?? {},
    reasons: report.reasons ?? {},
    first_bad: report.first_bad ?? [],
    duplicates: report.duplicates ?? { rows: 0, contents: 0 },
    files: report.files ?? [],
    skipped_files: report.skipped_files ?? [],
    num_skipped_files: report.num_skipped_files ?? 0,
    notes: report.notes ?? [],
  };
}

/** The columns that are used, by what they are used for: `prompt ← Question`. */
export const usedColumns = (mapping: Record<string, string | null>): [string, string][] =>
  Object.entries(mapping).flatMap(([field, column]) =>
    field !== "kind" && column ? [[field, column] as [string, string]] : [],
  );

/** Reasons with their counts, the most frequent first. */
export const sortedReasons = (reasons: Record<string, number>): [string, number][] =>
  Object.entries(reasons).sort((a, b) => b[1] - a[1]);
