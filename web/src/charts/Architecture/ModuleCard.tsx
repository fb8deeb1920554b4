import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatPercent } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { amount, type Measure, type ModuleNode, nameOf, shapesOf } from "./nodes.ts";

export interface ModuleCardProps {
  node: ModuleNode;
  measure: Measure;
  /** The measure of the whole model: bars are shares of it. */
  whole: number;
  format: (value: number) => string;
  /** Whether it stands on the residual stream. */
  isOnSpine?: boolean;
  /** How often what holds it stands in a row: its numbers are shown for all of them. */
  times?: number;
}

const ROLES: Record<string, string> = {
  block: "Block",
  attention: "Attention",
  feed_forward: "Feed-forward",
  norm: "Norm",
  embedding: "Embedding",
  head: "Head",
  adapter: "Adapter",
};
/** Parts of a block whose result is added to the stream. */
const ADDS = new Set(["attention", "feed_forward"]);

/** One module: what it is, its shapes, its share of the whole; a click opens what it is made of. */
export function ModuleCard(props: ModuleCardProps) {
  const { node, measure, whole, format, isOnSpine = false, times = 1 } = props;
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const inside = node.children;
  const value = amount(node, measure) * times;
  const shapes = shapesOf(node);
  const role = ROLES[node.role];
  return (
    <li className={isOnSpine ? "relative pl-7" : ""}>
      {isOnSpine && <Knot isBlock={node.role === "block"} />}
      <div
        className={`group rounded-control border border-line ${isOnSpine ? "bg-surface" : "bg-bg"}`}
        title={shapes}
      >
        <button
          type="button"
          className="grid min-h-9 w-full grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2 px-2.5 py-1.5 text-left enabled:hover:bg-hover disabled:cursor-default"
          disabled={inside.length === 0}
          {...(inside.length > 0 ? { "aria-expanded": isOpen, "aria-controls": id } : {})}
          onClick={() => setOpen(!isOpen)}
        >
          {inside.length > 0 ? (
            <Icon
              of={ChevronRight}
              className={`text-muted transition-transform duration-[120ms] ${isOpen ? "rotate-90" : ""}`}
            />
          ) : (
            <i />
          )}
          <span className="min-w-0">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <b className="font-medium text-text">{role ? t(role) : node.kind}</b>
              <code className="text-caption wrap-anywhere text-muted">{nameOf(node)}</code>
              {node.times > 1 && (
                <span className="rounded-full bg-accent-wash px-2 text-caption font-medium text-accent">
                  ×{node.times}
                </span>
              )}
              {node.is_shared && <span className="text-caption text-muted">{t("shared weights")}</span>}
              {ADDS.has(node.role) && !isOnSpine && (
                <span className="text-caption text-muted">{t("added to the stream")}</span>
              )}
            </span>
            {shapes && <span className="block text-caption tabular-nums text-muted">{shapes}</span>}
          </span>
          <span className="text-right whitespace-nowrap tabular-nums">
            {format(value)}
            <span className="block text-caption text-muted">{formatPercent(value / whole, 1)}</span>
          </span>
          <Share node={node} value={value / whole} isSplit={measure === "parameters"} />
        </button>
        {isOpen && (
          <ul
            id={id}
            aria-label={t("Inside {{name}}", { name: nameOf(node) })}
            className="relative grid gap-1.5 border-t border-line p-2 pl-3"
          >
            {node.times > 1 && (
              <li className="text-caption text-muted">
                {t("One of {{count}}; the numbers are those of all.", { count: node.times })}
              </li>
            )}
            {inside.map((child) => (
              <ModuleCard
                key={child.path}
                node={child}
                measure={measure}
                whole={whole}
                format={format}
                times={times * node.times}
              />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** Where a part touches the stream. */
function Knot({ isBlock }: { isBlock: boolean }) {
  return (
    <svg aria-hidden viewBox="0 0 16 16" className="absolute top-3 left-0 size-4">
      <circle cx="8" cy="8" r="6" className="fill-surface stroke-accent-line" strokeWidth="2" />
      {isBlock && <path d="M8 5v6M5 8h6" className="stroke-accent" strokeWidth="1.5" />}
    </svg>
  );
}

/** Its share of the whole; of parameters, how much of it is trained. */
function Share({ node, value, isSplit }: { node: ModuleNode; value: number; isSplit: boolean }) {
  const trained = isSplit && node.parameters > 0 ? node.trained / node.parameters : 1;
  const width = `${Math.min(100 * value, 100)}%`;
  return (
    <span aria-hidden className="col-span-3 mt-1 block h-1 overflow-hidden rounded-full bg-sunken">
      <span className="flex h-full" style={{ width }}>
        <i className="bg-accent-solid" style={{ width: `${100 * trained}%` }} />
        <i className="flex-1 bg-line-strong" />
      </span>
    </span>
  );
}
