// Filters of rows as the server reads them: `column=value`, `column~text`, `column>=3`, `column<=9`; one a line in the address.

export const OPERATORS = ["=", "~", ">=", "<="] as const;
export type Operator = (typeof OPERATORS)[number];

export interface RowFilter {
  column: string;
  operator: Operator;
  value: string;
}

const SHAPE = /^([^=<>~]+)(>=|<=|=|~)([\s\S]*)$/;

export function readFilter(text: string): RowFilter | null {
  const [, column, operator, value] = SHAPE.exec(text) ?? [];
  if (!column || !operator || value === undefined) return null;
  return { column: column.trim(), operator: operator as Operator, value };
}

export const writeFilter = ({ column, operator, value }: RowFilter): string => column + operator + value;

export const readFilters = (text: string | undefined): RowFilter[] =>
  (text ?? "").split("\n").flatMap((line) => readFilter(line) ?? []);

export const writeFilters = (filters: readonly RowFilter[]): string | undefined =>
  filters.map(writeFilter).join("\n") || undefined;

/** Why a filter cannot be asked for yet; empty when it can. */
export function isUsable({ column, operator, value }: RowFilter): boolean {
  if (column === "" || /[=<>~]/.test(column)) return false;
  if (operator === ">=" || operator === "<=") return value.trim() !== "" && Number.isFinite(Number(value));
  return value !== "";
}
