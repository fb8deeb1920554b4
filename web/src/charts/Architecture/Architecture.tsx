import { useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatBytes, formatShort } from "../../ui/format.ts";
import { Segmented } from "../../ui/Segmented/Segmented.tsx";
import { ArchitectureTable } from "./ArchitectureTable.tsx";
import { Facts } from "./Facts.tsx";
import { ModuleCard } from "./ModuleCard.tsx";
import { type ArchitectureData, amount, MEASURES, type Measure, spineOf } from "./nodes.ts";

export interface ArchitectureProps {
  architecture: ArchitectureData;
  /** What the bars show at first. */
  measure?: Measure;
  /** Whether the table shows in place of the diagram at first. */
  asTable?: boolean;
}

const NAMES: Record<Measure, string> = { parameters: "Parameters", memory: "Memory", flops: "Arithmetic" };

/** A model as its residual stream, from tokens to logits, with what stands on it; every part opens to what it is made of. */
export function Architecture({
  architecture,
  measure: first = "parameters",
  asTable = false,
}: ArchitectureProps) {
  const { t } = useTranslation();
  const [measure, setMeasure] = useState<Measure>(first);
  const [view, setView] = useState(asTable ? "table" : "diagram");
  const { root } = architecture;
  const format = measure === "memory" ? formatBytes : formatShort;
  const hasTrained = root.trained > 0 && root.trained < root.parameters;
  return (
    <div className="grid gap-4">
      <Facts architecture={architecture} />
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label={t("What the bars show")}
          size="small"
          options={MEASURES.map((each) => ({ id: each, label: t(NAMES[each]) }))}
          value={measure}
          onChange={setMeasure}
        />
        <Segmented
          label={t("How it is shown")}
          size="small"
          options={[
            { id: "diagram", label: t("Diagram") },
            { id: "table", label: t("Table") },
          ]}
          value={view}
          onChange={setView}
        />
        {hasTrained && measure === "parameters" && view === "diagram" && <Key />}
      </div>
      {view === "table" ? (
        <ArchitectureTable root={root} />
      ) : (
        <ol aria-label={t("From tokens to logits")} className="relative grid gap-1.5">
          <Stream />
          {spineOf(root).map((node) => (
            <ModuleCard
              key={node.path}
              node={node}
              measure={measure}
              whole={Math.max(amount(root, measure), 1)}
              format={format}
              isOnSpine
            />
          ))}
        </ol>
      )}
      {architecture.note && <p className="text-caption text-muted">{architecture.note}</p>}
    </div>
  );
}

/** The residual stream: one line that every part reads from and adds to. */
function Stream() {
  return (
    <span aria-hidden className="absolute top-4 bottom-9 left-[7px] w-0.5 rounded-full bg-accent-line" />
  );
}

function Key() {
  const { t } = useTranslation();
  return (
    <span className="flex items-center gap-3 text-caption text-muted">
      <span className="inline-flex items-center gap-1.5">
        <i className="size-2.5 rounded-[2px] bg-accent-solid" />
        {t("trained")}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <i className="size-2.5 rounded-[2px] bg-line-strong" />
        {t("frozen")}
      </span>
    </span>
  );
}
