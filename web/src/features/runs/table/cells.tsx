import type { TFunction } from "i18next";
import { Star } from "lucide-react";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { Column } from "../../../ui/DataTable/types.ts";
import { formatCount, formatDuration, formatRate, formatValue, NONE } from "../../../ui/format.ts";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { RunChip } from "../../../ui/RunChip/RunChip.tsx";
import { type RunState, StatusPill } from "../../../ui/StatusPill/StatusPill.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import { threadOf } from "../../../ui/thread.ts";
import { directionOf, durationOf, metricOf, shortName } from "../columns.ts";

const MOST_TAGS = 3;

/** The name of a run with its thread; a run without curves has none. */
export function NameCell({ run }: { run: Run }) {
  const name = (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="truncate">{run.name}</span>
      {run.starred && <Icon of={Star} size={12} className="fill-current text-accent" />}
    </span>
  );
  if (run.ordinal === null) {
    return (
      <Link href={`/runs/${run.id}`} look="block" className="block min-w-0 truncate pl-9">
        {name}
      </Link>
    );
  }
  return (
    <RunChip thread={threadOf(run.ordinal)} name={run.name} href={`/runs/${run.id}`}>
      {name}
    </RunChip>
  );
}

/** The columns of the table, the name always first. */
export function tableColumns(ids: readonly string[], rows: readonly Run[], t: TFunction): Column<Run>[] {
  const name: Column<Run> = {
    id: "name",
    header: t("Run"),
    sortable: true,
    cell: (run) => <NameCell run={run} />,
  };
  return [name, ...ids.map((id) => columnOf(id, rows, t))];
}

function columnOf(id: string, rows: readonly Run[], t: TFunction): Column<Run> {
  if (id.startsWith("metrics.")) return metricColumn(id, rows);
  if (id.startsWith("params.")) return paramColumn(id);
  const fields: Record<string, Omit<Column<Run>, "id">> = {
    state: { header: t("Status"), sortable: true, cell: (run) => <State run={run} /> },
    task: { header: t("Task"), sortable: true, muted: true, cell: (run) => run.task },
    project: { header: t("Project"), sortable: true, muted: true, cell: (run) => run.project },
    step: {
      header: t("Step"),
      sortable: true,
      align: "right",
      cell: (run) => (run.step === null ? NONE : formatCount(run.step)),
    },
    tags: { header: t("Tags"), cell: (run) => <Tags tags={run.tags} /> },
    notes: { header: t("Notes"), muted: true, width: 220, cell: (run) => run.notes.split("\n")[0] },
    duration: {
      header: t("Time"),
      align: "right",
      muted: true,
      cell: (run) => formatDuration(durationOf(run) ?? Number.NaN),
    },
    created: {
      header: t("Started"),
      sortable: true,
      align: "right",
      muted: true,
      cell: (run) => <Time at={run.created} />,
    },
  };
  const field = fields[id] ?? { header: id, cell: () => NONE };
  return { id, ...field };
}

function metricColumn(id: string, rows: readonly Run[]): Column<Run> {
  const key = id.slice("metrics.".length);
  const direction = directionOf(key);
  const values = rows.map((run) => metricOf(run, key)).filter((value): value is number => value !== null);
  const best =
    direction && values.length > 1
      ? direction === "lower"
        ? Math.min(...values)
        : Math.max(...values)
      : null;
  return {
    id,
    header: shortName(id),
    sortable: true,
    align: "right",
    cell: (run) => {
      const value = metricOf(run, key);
      return <span title={value === null ? undefined : String(value)}>{formatValue(value)}</span>;
    },
    ...(best === null ? {} : { best: (run: Run) => metricOf(run, key) === best }),
  };
}

function paramColumn(id: string): Column<Run> {
  const key = id.slice("params.".length);
  return {
    id,
    header: shortName(id).split(".").slice(-1)[0] ?? id,
    sortable: true,
    align: "right",
    muted: true,
    cell: (run) => setting(run.params[key], key),
  };
}

export function setting(value: string | number | undefined, key: string): string {
  if (value === undefined) return NONE;
  if (typeof value === "number" && /rate|epsilon|decay/.test(key)) return formatRate(value);
  return typeof value === "number" && Number.isInteger(value) ? formatCount(value) : String(value);
}

function State({ run }: { run: Run }) {
  const { t } = useTranslation();
  const isOther = run.state === "running" && !TRAINING_TASKS.has(run.task);
  const share = run.state === "running" && run.total_steps ? (run.step ?? 0) / run.total_steps : 0;
  return (
    <StatusPill
      state={run.state as RunState}
      {...(isOther ? { label: t("Working") } : {})}
      {...(share > 0 ? { detail: `${Math.floor(share * 100)} %` } : {})}
    />
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <span className="flex gap-1">
      {tags.slice(0, MOST_TAGS).map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      {tags.length > MOST_TAGS && <span className="text-caption text-muted">+{tags.length - MOST_TAGS}</span>}
    </span>
  );
}
