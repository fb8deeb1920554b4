import type { Evaluation } from "../../../data/models.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { type Column, DataTable, type Sort } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount, formatDelta } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { type RunState, StatusPill } from "../../../ui/StatusPill/StatusPill.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import type { BeforeAfter } from "../facts/pairs.ts";
import { type Board, bestOf, betterOf, intervalOf } from "../facts/scores.ts";
import { formatMetric, useMetricName } from "../facts/useMetricName.ts";

export interface LeaderboardProps {
  board: Board;
  /** A model's name as people gave it. */
  nameOf: (model: string) => string;
  /** Pairs of before and after a training. */
  pairs: readonly BeforeAfter[];
  sort: Sort | null;
  onSort: (sort: Sort) => void;
  /** Ids of chosen evaluations. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onOpen: (id: string) => void;
}

export const compareHref = (after: string, before: string): string =>
  `/evaluate/${after}?other=${encodeURIComponent(before)}`;

export function sortEvaluations(evaluations: readonly Evaluation[], sort: Sort | null): Evaluation[] {
  if (!sort) return [...evaluations];
  const sign = sort.direction === "ascending" ? 1 : -1;
  const value = (each: Evaluation) =>
    sort.column === "created" ? each.created : (each.metrics[sort.column] ?? Number.NaN);
  return [...evaluations].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return sign * (left - right);
  });
}

function Score({ evaluation, metric }: { evaluation: Evaluation; metric: string }) {
  const { t } = useTranslation();
  const value = evaluation.metrics[metric];
  const interval = intervalOf(evaluation.metrics, metric);
  const exact = typeof value === "number" ? String(value) : undefined;
  return (
    <span title={exact}>
      {formatMetric(metric, value)}
      {interval && typeof value === "number" && (
        <span className="ml-1 text-caption text-muted">
          {t("{{low}} to {{high}}", {
            low: formatMetric(metric, interval[0]).replace(/ %$/, ""),
            high: formatMetric(metric, interval[1]),
          })}
        </span>
      )}
    </span>
  );
}

function Pairs({ pairs, board, nameOf }: Pick<LeaderboardProps, "pairs" | "board" | "nameOf">) {
  const { t } = useTranslation();
  const name = useMetricName();
  const metric = board.metrics[0] ?? "loss";
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {pairs.map(({ before, after }) => {
        const [was, is] = [before.metrics[metric], after.metrics[metric]];
        const delta = typeof was === "number" && typeof is === "number" ? formatDelta(is - was) : "";
        return (
          <li key={after.id}>
            <Link href={compareHref(after.id, before.id)}>
              {t("Before and after: {{before}} → {{after}}", {
                before: nameOf(before.model),
                after: nameOf(after.model),
              })}
            </Link>
            {delta && ` ${name(metric)} ${delta}`}
          </li>
        );
      })}
    </ul>
  );
}

function Pill({ state }: { state: string }) {
  const { t } = useTranslation();
  return <StatusPill state={state as RunState} {...(state === "running" ? { label: t("Measuring") } : {})} />;
}

/** All evaluations on the same rows, the best of each metric marked. */
export function Leaderboard(props: LeaderboardProps) {
  const { board, nameOf, pairs, sort, onSort, chosen, onChoose, onOpen } = props;
  const { t } = useTranslation();
  const name = useMetricName();
  const done = board.evaluations.filter(({ state }) => state === "completed");
  const columns: Column<Evaluation>[] = [
    {
      id: "model",
      header: t("Model"),
      cell: ({ id, model }) => (
        <Link href={`/evaluate/${id}`} className="font-medium">
          {nameOf(model)}
        </Link>
      ),
    },
    ...board.metrics.map((metric): Column<Evaluation> => {
      const best = bestOf(
        done.map((each) => each.metrics[metric]),
        betterOf(metric),
      );
      return {
        id: metric,
        header: name(metric),
        align: "right",
        sortable: true,
        best: (each) => best !== null && each.metrics[metric] === best,
        cell: (each) => <Score evaluation={each} metric={metric} />,
      };
    }),
    {
      id: "rows",
      header: t("Rows"),
      align: "right",
      muted: true,
      cell: ({ rows, state }) => (state === "completed" ? formatCount(rows) : <Pill state={state} />),
    },
    {
      id: "created",
      header: t("Measured"),
      align: "right",
      sortable: true,
      muted: true,
      cell: ({ created }) => <Time at={created} />,
    },
  ];
  return (
    <Panel
      title={
        <>
          <Link href={`/data/${encodeURIComponent(board.dataset)}`}>{board.dataset}</Link>
          <span className="font-normal text-muted">{board.split}</span>
        </>
      }
      count={t("{{count}} evaluations", {
        count: board.evaluations.length,
        defaultValue_one: "{{count}} evaluation",
      })}
      flush
      footer={pairs.length > 0 && <Pairs pairs={pairs} board={board} nameOf={nameOf} />}
    >
      <DataTable
        name={t("Evaluations on {{dataset}}, {{split}}", { dataset: board.dataset, split: board.split })}
        columns={columns}
        rows={sortEvaluations(board.evaluations, sort)}
        rowKey={({ id }) => id}
        rowName={({ model }) => nameOf(model)}
        sort={sort}
        onSort={onSort}
        selection={chosen}
        onSelect={onChoose}
        onRowAction={({ id }) => onOpen(id)}
      />
    </Panel>
  );
}
