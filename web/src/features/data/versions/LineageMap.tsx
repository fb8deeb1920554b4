import { Boxes, Cpu, Database, type LucideIcon, WholeWord } from "lucide-react";
import type { LineageGraph, LineageNode } from "../../../data/history.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { addressOf, layOut, type Placed } from "./lineage.ts";

export interface LineageMapProps {
  graph: LineageGraph;
}

const WIDTH = 176;
const HEIGHT = 48;
const GAP_X = 56;
const GAP_Y = 16;
const ICONS: Record<LineageNode["kind"], LucideIcon> = {
  dataset: Database,
  tokenizer: WholeWord,
  run: Cpu,
  model: Boxes,
};

const left = ({ column }: Placed) => column * (WIDTH + GAP_X);
const top = ({ row }: Placed) => row * (HEIGHT + GAP_Y);

function Threads({ graph, placed }: LineageMapProps & { placed: readonly Placed[] }) {
  const at = new Map(placed.map((node) => [node.key, node]));
  return (
    <>
      {graph.edges.map(({ from, to }) => {
        const [start, end] = [at.get(from ?? ""), at.get(to ?? "")];
        if (!start || !end) return null;
        const [x1, y1] = [left(start) + WIDTH, top(start) + HEIGHT / 2];
        const [x2, y2] = [left(end), top(end) + HEIGHT / 2];
        const bend = Math.max(GAP_X / 2, (x2 - x1) / 2);
        const isNear = from === graph.focus || to === graph.focus;
        return (
          <path
            key={`${from} ${to}`}
            d={`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`}
            fill="none"
            stroke={isNear ? "var(--accent-line)" : "var(--line-strong)"}
            strokeWidth={1.5}
          />
        );
      })}
    </>
  );
}

function Thing({ node, isFocus }: { node: Placed; isFocus: boolean }) {
  const { t } = useTranslation();
  const words = { dataset: t("Dataset"), tokenizer: t("Tokenizer"), run: t("Run"), model: t("Model") };
  const href = addressOf(node);
  return (
    <li
      className={`absolute flex items-center gap-2 overflow-hidden rounded-control border px-2.5 ${isFocus ? "border-accent-line bg-accent-wash" : "border-line bg-surface"}`}
      style={{ left: left(node), top: top(node), width: WIDTH, height: HEIGHT }}
    >
      <Icon of={ICONS[node.kind]} muted />
      <div className="min-w-0">
        <div className="truncate font-medium" title={node.name}>
          <span className="sr-only">{words[node.kind]} </span>
          {href && !isFocus ? <Link href={href}>{node.name}</Link> : node.name}
        </div>
        <div className="truncate text-caption text-muted" title={node.detail}>
          {node.detail}
        </div>
      </div>
    </li>
  );
}

/** What was made from what, left to right; each thing leads to its page. */
export function LineageMap({ graph }: LineageMapProps) {
  const { t } = useTranslation();
  const placed = layOut(graph);
  const width = Math.max(...placed.map((node) => left(node) + WIDTH));
  const height = Math.max(...placed.map((node) => top(node) + HEIGHT));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
    <section className="overflow-x-auto pb-1" aria-label={t("What was made from what")} tabIndex={0}>
      <div className="relative" style={{ width, height }}>
        <svg aria-hidden="true" className="absolute inset-0" width={width} height={height}>
          <Threads graph={graph} placed={placed} />
        </svg>
        <ul className="m-0 list-none p-0">
          {placed.map((node) => (
            <Thing key={node.key} node={node} isFocus={node.key === graph.focus} />
          ))}
        </ul>
      </div>
      {graph.left_out > 0 && (
        <p className="pt-2 text-caption text-muted">
          {t("{{count}} more things are not drawn.", { count: graph.left_out })}
        </p>
      )}
    </section>
  );
}
