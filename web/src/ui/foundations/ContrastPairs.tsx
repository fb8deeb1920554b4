import { contrast, paint } from "./contrast.ts";
import { useToken } from "./Swatch.tsx";

export const PAIRS = [
  ["--text", "--bg"],
  ["--text", "--surface"],
  ["--text-2", "--surface"],
  ["--muted", "--bg"],
  ["--muted", "--surface"],
  ["--muted", "--sunken"],
  ["--muted", "--accent-wash"],
  ["--accent", "--surface"],
  ["--accent", "--accent-wash"],
  ["--on-accent", "--accent-solid"],
  ["--positive", "--positive-wash"],
  ["--warning", "--warning-wash"],
  ["--danger", "--danger-wash"],
  ["--danger", "--surface"],
  ...[1, 2, 3, 4, 5, 6].map((tint) => ["--text", `--token-${tint}`] as const),
] as const;

function Pair({ front, back }: { front: string; back: string }) {
  const text = useToken(front);
  const field = useToken(back);
  const ratio = text.value && field.value ? contrast(paint(text.value), paint(field.value)) : 0;
  return (
    <div ref={text.ref} className="grid min-w-0 gap-1">
      <span
        className="rounded-control border border-line px-3 py-2"
        style={{ color: `var(${front})`, background: `var(${back})` }}
      >
        Woven, calm, exact
      </span>
      <span className="text-xs text-muted tabular-nums">
        {front.slice(2)} on {back.slice(2)}: <b data-ratio={ratio.toFixed(2)}>{ratio.toFixed(2)}</b>
      </span>
    </div>
  );
}

/** Text on its fields, with the contrast computed from what the browser shows. */
export function ContrastPairs() {
  return PAIRS.map(([front, back]) => <Pair key={`${front}${back}`} front={front} back={back} />);
}
