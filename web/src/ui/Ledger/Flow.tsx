import { useMemo } from "react";
import { Link } from "react-aria-components/Link";
import {
  formatChange,
  formatTokens,
  type LedgerLoss,
  type LedgerStage,
  type LossTone,
  placeOf,
  type Strand,
  weave,
} from "./weave.ts";

const WIDTH = 1200;
const HEIGHT = 324;
const TOP = 14;
const PITCH = 2.6;
const TONES: Record<LossTone, string> = {
  danger: "var(--danger-mark)",
  warning: "var(--warning-mark)",
  muted: "var(--line-strong)",
};
const TRAINED = ["var(--accent-line)", "color-mix(in oklab, var(--accent-line) 62%, var(--surface))"];

export interface FlowProps {
  stages: readonly LedgerStage[];
  losses: readonly LedgerLoss[];
  /** The sentence that says what the drawing shows. */
  sentence: string;
}

const yOf = (slot: number) => TOP + slot * PITCH;
const xOf = (stage: number, count: number) => placeOf(stage, count) * WIDTH;

function pathOf(strand: Strand, losses: readonly LedgerLoss[], count: number): string {
  const y = yOf(strand.slot);
  const loss = strand.loss === undefined ? undefined : losses[strand.loss];
  const enter = xOf(strand.from, count);
  const rise = enter + 2.5 * strand.rank;
  const start =
    strand.from === 0
      ? `M0 ${y}`
      : `M${rise} ${HEIGHT - 4}C${rise} ${y + 30} ${enter + 30} ${y} ${enter + 80} ${y}`;
  if (!loss) return `${start}L${WIDTH} ${y}`;
  const leave = xOf(loss.afterStage + 1, count) + 9;
  const end = leave + 77 + 3 * strand.rank;
  return `${start}L${leave} ${y}C${leave + 42} ${y} ${end} ${y + 10} ${end} ${HEIGHT - 4}`;
}

function colorOf(strand: Strand, losses: readonly LedgerLoss[]): string | undefined {
  const loss = strand.loss === undefined ? undefined : losses[strand.loss];
  return loss ? TONES[loss.tone] : TRAINED[strand.slot % 2];
}

/** How many threads pass a stage: those that are in and not yet lost. */
function passing(strands: readonly Strand[], losses: readonly LedgerLoss[], stage: number): number {
  return strands.filter(({ from, loss }) => {
    const out = loss === undefined ? Number.POSITIVE_INFINITY : (losses[loss]?.afterStage ?? 0) + 1;
    return from <= stage && out >= stage;
  }).length;
}

/** The heddles: at each stage the threads pass over and under. */
function Heddle({ x, threads }: { x: number; threads: number }) {
  return Array.from({ length: Math.ceil(threads / 2) }, (_, index) => (
    <rect
      key={yOf(index)}
      x={x + (index % 2 === 0 ? 3 : 10)}
      y={yOf(index * 2) - PITCH / 2}
      width={5}
      height={PITCH * Math.min(2, threads - index * 2)}
      rx={1.5}
      className="fill-text"
    />
  ));
}

function Reasons({ stage, losses, count }: { stage: number; losses: readonly LedgerLoss[]; count: number }) {
  const here = losses.filter(({ afterStage }) => afterStage === stage);
  if (here.length === 0) return null;
  const gains = here.every(({ value }) => value < 0);
  const left = placeOf(stage + 1, count) * 100 + (gains ? 0.2 : 6);
  return (
    <div className="absolute" style={left > 85 ? { right: 0 } : { left: `${left}%` }}>
      {here.map(({ label, value, href }) => {
        const words = (
          <>
            <span className="block font-semibold text-text">{formatChange(-value)}</span>
            <span className="block text-xs text-muted">{label}</span>
          </>
        );
        const shape = "block whitespace-nowrap";
        if (!href) {
          return (
            <div key={label} className={shape}>
              {words}
            </div>
          );
        }
        return (
          <Link key={label} href={href} className={shape}>
            {words}
          </Link>
        );
      })}
    </div>
  );
}

/** The ledger as a flow of threads. Its words are HTML, so they keep their size at every width. */
export function Flow({ stages, losses, sentence }: FlowProps) {
  const strands = useMemo(() => weave(stages, losses), [stages, losses]);
  const count = stages.length;
  const most = Math.max(1, ...stages.map((_, n) => losses.filter((each) => each.afterStage === n).length));
  return (
    <div className="tabular-nums">
      <div className="relative h-10.5">
        {stages.map(({ label, value }, stage) => (
          <div
            key={label}
            className="absolute whitespace-nowrap"
            style={{ left: `${placeOf(stage, count) * 100}%` }}
          >
            <span className="block text-xs text-muted">{label}</span>
            <span className="font-semibold" title={String(value)}>
              {formatTokens(value)}
            </span>
          </div>
        ))}
      </div>
      <svg
        role="img"
        aria-label={sentence}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="block h-auto w-full overflow-visible"
      >
        {strands.map((strand) => (
          <path
            key={`${strand.from}-${strand.slot}`}
            d={pathOf(strand, losses, count)}
            fill="none"
            strokeWidth={1.35}
            style={{ stroke: colorOf(strand, losses) }}
          />
        ))}
        {stages.map(({ label }, stage) => (
          <Heddle key={label} x={xOf(stage, count)} threads={passing(strands, losses, stage)} />
        ))}
      </svg>
      <div className="relative mt-1" style={{ height: 40 * most }}>
        {stages.map(({ label }, stage) => (
          <Reasons key={label} stage={stage} losses={losses} count={count} />
        ))}
      </div>
    </div>
  );
}
