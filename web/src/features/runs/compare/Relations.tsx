import { ParallelAxes } from "../../../charts/ParallelAxes/ParallelAxes.tsx";
import { Scatter } from "../../../charts/Scatter/Scatter.tsx";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { durationOf, metricOf, shortName } from "../columns.ts";
import { diffOf } from "./diff.ts";
import { threadsOf } from "./threads.ts";

export interface RelationsProps {
  runs: readonly Run[];
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

const DURATION = "duration";
const MOST_AXES = 5;

/** A metric against anything: as points, or every run as a line through its settings. */
export default function Relations({ runs, search, onSearch }: RelationsProps) {
  const { t } = useTranslation();
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].filter(
    (key) => key !== "train/sample_digest",
  );
  const params = numericParams(runs);
  const threads = threadsOf(runs);
  const y = search.y ?? ["val/loss", "train/loss"].find((key) => metrics.includes(key)) ?? metrics[0] ?? "";
  const x = search.against ?? DURATION;
  const isParallel = search.relation === "parallel";
  const sources = [
    { id: DURATION, label: t("time, s") },
    ...params.map((key) => ({ id: `params.${key}`, label: key })),
    ...metrics.map((key) => ({ id: `metrics.${key}`, label: key })),
  ];
  return (
    <Panel
      title={t("Relations")}
      tools={
        <Segmented
          label={t("How they are drawn")}
          size="small"
          value={isParallel ? "parallel" : "scatter"}
          onChange={(id) => onSearch({ relation: id === "parallel" ? "parallel" : undefined })}
          options={[
            { id: "scatter", label: t("Points") },
            { id: "parallel", label: t("Settings") },
          ]}
        />
      }
    >
      <div className="mb-3 grid grid-cols-2 gap-3">
        {!isParallel && (
          <Select
            label={t("Across")}
            value={x}
            onChange={(id) => onSearch({ against: id })}
            options={sources}
          />
        )}
        <Select
          label={t("Up")}
          value={y}
          onChange={(id) => onSearch({ y: id })}
          options={metrics.map((key) => ({ id: key, label: key }))}
        />
      </div>
      {isParallel ? (
        <Parallel runs={runs} y={y} />
      ) : (
        <Scatter
          title={t("{{y}} against {{x}}", { y, x: shortName(x) })}
          xLabel={shortName(x)}
          yLabel={y}
          hasLabels
          points={runs.flatMap((run) => {
            const [across, up] = [readingOf(run, x), metricOf(run, y)];
            return across === null || up === null
              ? []
              : [{ id: run.id, x: across, y: up, label: run.name, thread: threads(run.id) }];
          })}
        />
      )}
    </Panel>
  );
}

function Parallel({ runs, y }: { runs: readonly Run[]; y: string }) {
  const { t } = useTranslation();
  const threads = threadsOf(runs);
  const fields = diffOf(runs.map((run) => run.params))
    .filter((row) => !row.isEqual)
    .slice(0, MOST_AXES);
  const axes = fields.map(({ field, values }) => {
    const isText = values.some((value) => typeof value === "string");
    const categories = isText ? [...new Set(values.map(String))] : undefined;
    return {
      id: field,
      label: field.split(".").slice(-1)[0] ?? field,
      ...(categories ? { categories } : {}),
    };
  });
  const rows = runs.map((run) => ({
    id: run.id,
    label: run.name,
    thread: threads(run.id),
    values: {
      ...Object.fromEntries(fields.map(({ field }) => [field, run.params[field] ?? null])),
      [y]: metricOf(run, y),
    },
  }));
  return (
    <ParallelAxes
      title={t("Settings against {{y}}", { y })}
      axes={[...axes, { id: y, label: y }]}
      rows={rows}
    />
  );
}

function numericParams(runs: readonly Run[]): string[] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run.params)));
  return [...keys].filter((key) => runs.some((run) => typeof run.params[key] === "number")).sort();
}

function readingOf(run: Run, source: string): number | null {
  if (source === DURATION) return durationOf(run);
  const key = shortName(source);
  if (source.startsWith("metrics.")) return metricOf(run, key);
  const value = run.params[key];
  return typeof value === "number" ? value : null;
}
