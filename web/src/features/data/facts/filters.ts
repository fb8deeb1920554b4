// Filters of rows as the server reads them: `column=value`, `column!=value`, `column~text`, `column!~text`, `column>=3`, `column<=9`; one a line
// in the address. Without a value `=` finds rows where nothing stands, `!=` the others; `[3,7]` is one of these.

export const OPERATORS = ["~", "!~", "=", "!=", ">=", "<="] as const;
export type Operator = (typeof OPERATORS)[number];

export interface RowFilter {
  column: string;
  operator: Operator;
  value: string;
}

const DATE = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?)?$/;
const SHAPE = /^([^=<>~!]+)(>=|<=|!=|!~|=|~)([\s\S]*)$/;

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

/** How many values a filter for one of several names; 0 for any other filter. */
export function valuesOf({ operator, value }: RowFilter): number {
  if (operator !== "=" || !/^\[.*\]$/s.test(value)) return 0;
  try {
    const found: unknown = JSON.parse(value);
    return Array.isArray(found) ? found.length : 0;
  } catch {
    return 0;
  }
}

/** Whether a filter can be asked for. */
export function isUsable({ column, operator, value }: RowFilter): boolean {
  if (column === "" || /[=<>~!]/.test(column)) return false;
  if (operator === ">=" || operator === "<=")
    return (value.trim() !== "" && Number.isFinite(Number(value))) || DATE.test(value.trim());
  return value !== "" || operator === "=" || operator === "!=";
}
