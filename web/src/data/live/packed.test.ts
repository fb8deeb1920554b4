import { expect, test } from "vitest";
import { unpacked } from "./packed.ts";

/** The bytes as `tokenloom.tracking.series.curves` describes them. */
function pack(curves: { exact: boolean; columns: number[][]; counts?: number[][] }[]): ArrayBuffer {
  const bodies = curves.map(({ columns, counts = [] }) => [
    ...new Uint8Array(Float64Array.from(columns.flat()).buffer),
    ...new Uint8Array(Uint32Array.from(counts.flat()).buffer),
  ]);
  let offset = 0;
  const entries = curves.map(({ exact, columns }, index) => {
    const entry = { run: "r", key: `k${index}`, length: columns[0]?.length ?? 0, exact, offset };
    offset += bodies[index]?.length ?? 0;
    return entry;
  });
  let head = JSON.stringify({ x: "step", start: 0, width: 1, count: 1, curves: entries });
  head += " ".repeat((8 - (head.length % 8)) % 8);
  const size = new Uint8Array(Uint32Array.of(head.length, 1).buffer);
  const text = new TextEncoder();
  return Uint8Array.from([...text.encode("TLSERIES"), ...size, ...text.encode(head), ...bodies.flat()])
    .buffer;
}

const answer = pack([
  {
    exact: true,
    columns: [
      [1, 2],
      [3, Number.POSITIVE_INFINITY],
    ],
  },
  {
    exact: false,
    columns: [
      [10, 20, 30],
      [1, 0.5, 0.25],
      [8, 2, 1],
      [2, 1, Number.NaN],
      [9, 9, 9],
    ],
    counts: [
      [4, 4, 4],
      [0, 0, 1],
    ],
  },
  { exact: true, columns: [[], []] },
]);

test("every column comes back as it was packed, what is not finite as a gap", () => {
  const [exact, bucketed, empty] = unpacked(answer) ?? [];
  expect([...(exact?.x ?? [])]).toEqual([1, 2]);
  expect([...(exact?.y ?? [])]).toEqual([3, Number.NaN]);
  expect(exact?.min).toBeUndefined();
  expect([...(bucketed?.x ?? [])]).toEqual([10, 20, 30]);
  expect([...(bucketed?.min ?? [])]).toEqual([1, 0.5, 0.25]);
  expect([...(bucketed?.max ?? [])]).toEqual([8, 2, 1]);
  expect([...(bucketed?.y ?? [])]).toEqual([2, 1, Number.NaN]);
  expect(empty?.x).toHaveLength(0);
});

test("another answer is not taken for curves, and half an answer is refused", () => {
  expect(unpacked(new TextEncoder().encode('{"curves": []}').buffer)).toBeNull();
  expect(() => unpacked(answer.slice(0, answer.byteLength - 24))).toThrow("cut off");
});
