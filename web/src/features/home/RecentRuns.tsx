import type { LiveRun } from "../../data/live/stream.ts";
import { TRAINING_TASKS } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { DataTable } from "../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { formatDuration, NONE } from "../../ui/format.ts";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { RunChip } from "../../ui/RunChip/RunChip.tsx";
import { type RunState, StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import { Time } from "../../ui/Time/Time.tsx";
import { threadOf } from "../../ui/thread.ts";
import { shareOf } from "./stages.ts";

interface RecentRunsProps {
  runs: readonly LiveRun[];
  isKnown: boolean;
  total: number;
  onGo: (href: string) => void;
}

/** The newest runs. */
export function RecentRuns({ runs, isKnown, total, onGo }: RecentRunsProps) {
  const { t } = useTranslation();
  const status = !isKnown ? "loading" : runs.length === 0 ? "empty" : "ready";
  return (
    <Panel
      title={t("Recent runs")}
      flush
      status={status}
      loading={<LoadingState text={t("Reading the runs")} height={200} />}
      empty={<EmptyState title={t("No runs yet")} text={t("Runs stand here, the newest first.")} />}
      tools={
        <Link href="/runs">{t("All {{count}} runs", { count: total, defaultValue_one: "The one run" })}</Link>
      }
    >
      <DataTable
        name={t("Recent runs")}
        rows={runs}
        rowKey={(run) => run.id}
        onRowAction={(run) => onGo(`/runs/${run.id}`)}
        columns={[
          {
            id: "run",
            header: t("Run"),
            cell: (run) => (
              <RunChip
                thread={run.ordinal === null ? null : threadOf(run.ordinal)}
                name={run.name}
                href={`/runs/${run.id}`}
              />
            ),
          },
          { id: "status", header: t("Status"), cell: (run) => <Pill run={run} /> },
          { id: "task", header: t("Task"), muted: true, cell: (run) => run.task },
          { id: "time", header: t("Time"), align: "right", muted: true, cell: (run) => duration(run) },
          {
            id: "started",
            header: t("Started"),
            align: "right",
            muted: true,
            cell: (run) => <Time at={run.created} />,
          },
        ]}
      />
    </Panel>
  );
}

function Pill({ run }: { run: LiveRun }) {
  const { t } = useTranslation();
  const isOther = run.state === "running" && !TRAINING_TASKS.has(run.task);
  const share = run.state === "running" ? shareOf(run) : 0;
  return (
    <StatusPill
      state={run.state as RunState}
      {...(isOther ? { label: t("Working") } : {})}
      {...(share > 0 ? { detail: `${Math.floor(share * 100)} %` } : {})}
    />
  );
}

function duration(run: LiveRun): string {
  if (!run.started) return NONE;
  return formatDuration((run.ended ?? Date.now() / 1000) - run.started);
}
