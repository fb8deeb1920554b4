import { X } from "lucide-react";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import type { Column } from "../../../ui/DataTable/types.ts";
import { formatDelta, formatDuration, formatValue } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { type RunState, StatusPill } from "../../../ui/StatusPill/StatusPill.tsx";
import { directionOf, durationOf, metricOf, shortName } from "../columns.ts";
import { NameCell } from "../table/cells.tsx";
import { type Change, changedSince } from "./diff.ts";
import { distanceOf, sameButSeed } from "./seeds.ts";

export interface CompareTableProps {
  runs: readonly Run[];
  baseline: Run | null;
  onBaseline: (id: string) => void;
  onRemove: (id: string) => void;
}

const FIRST = ["val/loss", "train/loss", "val/perplexity", "train/tokens_per_second"];
const TONES: Record<Change["verdict"], string> = {
  better: "text-positive",
  worse: "text-danger",
  neutral: "text-muted",
};

/** Each run a row: its numbers, the best of each column marked, and the distance to the baseline. */
export function CompareTable({ runs, baseline, onBaseline, onRemove }: CompareTableProps) {
  const { t } = useTranslation();
  const has = (key: string) => runs.some((run) => metricOf(run, key) !== null);
  const metrics = FIRST.filter(has);
  const main = metrics[0];
  const hasSeeds =
    baseline !== null &&
    sameButSeed(baseline, runs).length > 1 &&
    runs.some((run) => sameButSeed(run, runs).length > 1 && !sameButSeed(run, runs).includes(baseline));
  usePageActions(
    baseline && runs.length > 1
      ? [
          {
            id: "baseline",
            label: t("Next run as baseline"),
            shortcut: "b",
            act: () => onBaseline(runs[(runs.indexOf(baseline) + 1) % runs.length]?.id ?? baseline.id),
          },
        ]
      : [],
  );
  const columns: Column<Run>[] = [
    { id: "run", header: t("Run"), cell: (run) => <NameCell run={run} /> },
    { id: "state", header: t("Status"), cell: (run) => <StatusPill state={run.state as RunState} /> },
    ...metrics.map((key) => metricColumn(key, runs)),
    ...(main && baseline
      ? [
          {
            id: "delta",
            header: t("against {{name}}", { name: baseline.name }),
            align: "right" as const,
            cell: (run: Run) => <Delta run={run} runs={runs} baseline={baseline} of={main} />,
          },
        ]
      : []),
    {
      id: "time",
      header: t("Time"),
      align: "right",
      muted: true,
      cell: (run) => formatDuration(durationOf(run) ?? Number.NaN),
    },
    {
      id: "act",
      header: "",
      align: "right",
      cell: (run) => (
        <span className="inline-flex gap-1">
          {run.id !== baseline?.id && (
            <Button size="small" look="ghost" onPress={() => onBaseline(run.id)}>
              {t("Baseline")}
            </Button>
          )}
          <Button size="small" look="ghost" icon={X} iconOnly onPress={() => onRemove(run.id)}>
            {t("Leave out {{name}}", { name: run.name })}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Panel
      title={t("Numbers")}
      flush
      footer={
        <span>
          {t("The diamond marks the best of a column. Press B for the next baseline.")}{" "}
          {hasSeeds
            ? t("± is the 95 % interval of the distance between the means over seeds.")
            : t("Two seeds or more of both recipes give the distance an interval.")}
        </span>
      }
    >
      <DataTable
        name={t("Numbers")}
        columns={columns}
        rows={runs}
        rowKey={(run) => run.id}
        rowName={(run) => run.name}
      />
    </Panel>
  );
}

function metricColumn(key: string, runs: readonly Run[]): Column<Run> {
  const direction = directionOf(key);
  const values = runs.map((run) => metricOf(run, key)).filter((value): value is number => value !== null);
  const best =
    direction && values.length > 1
      ? direction === "lower"
        ? Math.min(...values)
        : Math.max(...values)
      : null;
  return {
    id: key,
    header: shortName(key),
    align: "right",
    cell: (run) => <span title={String(metricOf(run, key) ?? "")}>{formatValue(metricOf(run, key))}</span>,
    ...(best === null ? {} : { best: (run: Run) => metricOf(run, key) === best }),
  };
}

interface DeltaProps {
  run: Run;
  runs: readonly Run[];
  baseline: Run;
  /** The metric that is compared. */
  of: string;
}

/** How far a run is from the baseline: over all seeds of both recipes where there are several, else by itself. */
function Delta({ run, runs, baseline, of }: DeltaProps) {
  const { t } = useTranslation();
  if (run.id === baseline.id) return <span className="text-muted">{t("baseline")}</span>;
  const alone = changedSince(metricOf(run, of), metricOf(baseline, of), directionOf(of));
  if (!alone) return null;
  const [group, base] = [sameButSeed(run, runs), sameButSeed(baseline, runs)];
  const valuesOf = (several: readonly Run[]) =>
    several.map((each) => metricOf(each, of)).filter((value): value is number => value !== null);
  const distance = group.includes(baseline) ? null : distanceOf(valuesOf(group), valuesOf(base));
  if (!distance) return <span className={TONES[alone.verdict]}>{formatDelta(alone.delta)}</span>;
  const change = changedSince(distance.delta, 0, directionOf(of));
  const isClear = Math.abs(distance.delta) > distance.half;
  return (
    <span
      className={TONES[isClear && change ? change.verdict : "neutral"]}
      title={t("Mean of {{count}} seeds against the mean of {{others}}; this run alone: {{alone}}", {
        count: group.length,
        others: base.length,
        alone: formatDelta(alone.delta),
      })}
    >
      {formatDelta(distance.delta)} ± {formatValue(distance.half, 2)}
    </span>
  );
}
