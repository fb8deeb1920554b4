export type Place = readonly [x: number, y: number];

/** Whether a place lies within a closed line: an odd number of its sides stand right of it. */
export function isInside(line: readonly Place[], x: number, y: number): boolean {
  let inside = false;
  line.forEach(([x1, y1], at) => {
    const [x2, y2] = line[(at + 1) % line.length] ?? [x1, y1];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}
