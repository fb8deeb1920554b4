// Curves as the server packs them for typed arrays: no number becomes a text on the way.

import type { Curve } from "./curve.ts";

/** What to ask for with `Accept`. */
export const PACKED = "application/vnd.tokenloom.series";

const MAGIC = "TLSERIES";
const PREFIX = 16;
const FLOAT = 8;
/** Bytes of a bucket: x, min, max, mean, last as f64, count and nan as u32. */
const BUCKET = 5 * FLOAT + 2 * 4;

interface Head {
  curves: { run: string; key: string; length: number; exact: boolean; offset: number }[];
}

/** The curves of a packed answer; null where it is something else. */
export function unpacked(answer: ArrayBuffer): Curve[] | null {
  const text = new TextDecoder();
  if (answer.byteLength < PREFIX || text.decode(answer.slice(0, MAGIC.length)) !== MAGIC) return null;
  const length = new DataView(answer).getUint32(MAGIC.length, true);
  const head = JSON.parse(text.decode(answer.slice(PREFIX, PREFIX + length))) as Head;
  return head.curves.map(({ run, key, length: count, exact, offset }) => {
    const first = PREFIX + length + offset;
    const size = count * (exact ? 2 * FLOAT : BUCKET);
    if (first + size > answer.byteLength) throw new Error("The answer with the curves is cut off.");
    const column = (place: number) => gaps(new Float64Array(answer, first + place * count * FLOAT, count));
    const base = { run, key, x: column(0), isExact: exact };
    if (exact) return { ...base, y: column(1) };
    return { ...base, y: column(3), min: column(1), max: column(2) };
  });
}

/** What is no finite number is a gap. */
function gaps(column: Float64Array): Float64Array {
  for (let at = 0; at < column.length; at += 1) {
    if (!Number.isFinite(column[at])) column[at] = Number.NaN;
  }
  return column;
}
