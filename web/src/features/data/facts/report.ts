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
  files: SourceFile[];
  skipped_files: { name: string; reason: string }[];
  num_skipped_files: number;
  notes: string[];
}

/** What was read. Rows that were made rather than read from a file have no size, no format and no reason for one. */
export interface SourceFile {
  name: string;
  rows: number;
  bytes: number | null;
  why: string;
  format: Record<string, unknown> | null;
}

export interface BadRow {
  file: string;
  line: number | null;
  row: number | null;
  reason: string;
  raw: string;
}

function readFile(raw: unknown): SourceFile {
  const file = (raw ?? {}) as Partial<SourceFile>;
  return {
    name: file.name ?? "",
    rows: file.rows ?? 0,
    bytes: file.bytes ?? null,
    why: file.why ?? "",
    format: file.format ?? null,
  };
}

/** A report of another age, or of another source than files, may lack parts. */
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
    files: (report.files ?? []).map(readFile),
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
