export interface DiffPart {
  kind: "same" | "removed" | "added";
  text: string;
}

// Above this many cells the middle is shown as one replacement: a diff must never stop the page.
const MAX_CELLS = 4_000_000;

const split = (text: string) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** Lengths of the longest common subsequence of every pair of tails. */
function table(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const cells = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const down = cells[(i + 1) * width + j] ?? 0;
      const right = cells[i * width + j + 1] ?? 0;
      cells[i * width + j] =
        a[i] === b[j] ? (cells[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  return cells;
}

function add(parts: DiffPart[], kind: DiffPart["kind"], text: string): void {
  if (text === "") return;
  const last = parts.at(-1);
  if (last?.kind === kind) last.text += text;
  else parts.push({ kind, text });
}

function walk(parts: DiffPart[], a: readonly string[], b: readonly string[]): void {
  if (a.length * b.length > MAX_CELLS) {
    add(parts, "removed", a.join(""));
    add(parts, "added", b.join(""));
    return;
  }
  const cells = table(a, b);
  const width = b.length + 1;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(parts, "same", a[i] ?? "");
      i += 1;
      j += 1;
    } else if (
      j >= b.length ||
      (i < a.length && (cells[(i + 1) * width + j] ?? 0) >= (cells[i * width + j + 1] ?? 0))
    ) {
      add(parts, "removed", a[i] ?? "");
      i += 1;
    } else {
      add(parts, "added", b[j] ?? "");
      j += 1;
    }
  }
}

/** What became of `before`, word by word. The same and removed parts make `before`, the same and added make `after`. */
export function diffWords(before: string, after: string): DiffPart[] {
  const a = split(before);
  const b = split(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const parts: DiffPart[] = [];
  add(parts, "same", a.slice(0, head).join(""));
  walk(parts, a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  add(parts, "same", a.slice(a.length - tail).join(""));
  return parts;
}
