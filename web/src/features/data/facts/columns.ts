// The columns of a file, read from its first piece here in the browser, so that a mapping can be chosen before anything is sent.

export interface Glimpse {
  columns: string[];
  /** What it looks like. */
  kind: "jsonl" | "csv" | "text" | "unknown";
}

const PIECE_BYTES = 64 * 1024;
const NONE: Glimpse = { columns: [], kind: "unknown" };

/** The first JSON object of a text: a line, or the first entry of an array. */
function firstObject(text: string): Record<string, unknown> | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === "{") depth += 1;
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) return parsed(text.slice(start, at + 1));
    }
  }
  return null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The fields of the first line, and the sign between them. */
export function fieldsOf(line: string): string[] {
  const counts = [",", ";", "\t", "|"].map((sign) => [sign, line.split(sign).length] as const);
  const [sign, count] = counts.reduce((best, each) => (each[1] > best[1] ? each : best));
  if (count < 2) return [];
  return line.split(sign).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
}

export function glimpse(text: string, name: string): Glimpse {
  const clean = text.replace(/^\uFEFF/, "").trimStart();
  if (clean.startsWith("{") || clean.startsWith("[")) {
    const found = firstObject(clean);
    if (found) return { columns: Object.keys(found), kind: "jsonl" };
  }
  const ending = name.toLowerCase();
  if (/\.(csv|tsv)$/.test(ending)) {
    return { columns: fieldsOf(clean.split(/\r?\n/, 1)[0] ?? ""), kind: "csv" };
  }
  if (/\.(txt|md|py|rst)$/.test(ending)) return { columns: ["text"], kind: "text" };
  return NONE;
}

export async function glimpseFile(file: File): Promise<Glimpse> {
  try {
    return glimpse(await file.slice(0, PIECE_BYTES).text(), file.name);
  } catch {
    return NONE;
  }
}
