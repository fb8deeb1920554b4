// What a key does in a plot. Pure: the chart decides how.

export type KeyAct =
  | { act: "move"; by: number }
  | { act: "edge"; to: "first" | "last" }
  | { act: "zoom"; factor: number }
  | { act: "reset" }
  | { act: "markers" };

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
}

/** `points` is how many positions there are: Shift moves by a tenth of them. */
export function keyAct(press: KeyPress, points: number): KeyAct | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const by = press.shiftKey ? Math.max(1, Math.round(points / 10)) : 1;
  switch (press.key) {
    case "ArrowLeft":
    case "ArrowDown":
      return { act: "move", by: -by };
    case "ArrowRight":
    case "ArrowUp":
      return { act: "move", by };
    case "Home":
      return { act: "edge", to: "first" };
    case "End":
      return { act: "edge", to: "last" };
    case "+":
    case "=":
      return { act: "zoom", factor: 0.5 };
    case "-":
    case "_":
      return { act: "zoom", factor: 2 };
    case "Escape":
      return { act: "reset" };
    case "m":
    case "M":
      return { act: "markers" };
    default:
      return null;
  }
}

/** The range after zooming around `at`; null when everything is seen again. */
export function zoomed(
  seen: readonly [number, number],
  whole: readonly [number, number],
  at: number,
  factor: number,
): [number, number] | null {
  const width = (seen[1] - seen[0]) * factor;
  if (width >= whole[1] - whole[0]) return null;
  if (!(width > 0)) return [seen[0], seen[1]];
  const share = (at - seen[0]) / (seen[1] - seen[0] || 1);
  const from = Math.min(Math.max(whole[0], at - width * share), whole[1] - width);
  return [from, from + width];
}
