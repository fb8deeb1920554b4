import { useMemo } from "react";
import { LineChart } from "../../../charts/LineChart/LineChart.tsx";
import { StackedColumns } from "../../../charts/StackedColumns/StackedColumns.tsx";
import type { Profile } from "../../../data/insight.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../../ui/Findings/Findings.tsx";
import { formatBytes, formatCount, formatDuration, formatPercent, formatShort } from "../../../ui/format.ts";
import { KeyValue } from "../../../ui/KeyValue/KeyValue.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import type { OnSearch, Search } from "../charts/useChartView.ts";
import type { Problem } from "../live/useInsight.ts";
import { PartsTable } from "./PartsTable.tsx";
import { Traces, type TracesProps } from "./Traces.tsx";
import { memoryLines, shortTime, timeColumns } from "./times.ts";
import { useProfileWords } from "./useProfileWords.ts";

export interface ProfilePanelProps extends Pick<TracesProps, "canAsk" | "isAsking" | "onAsk" | "hrefOf"> {
  /** Null while it is read. */
  profile: Profile | null;
  view: Pick<RunView, "curves" | "events">;
  /** Why it could not be read. */
  problem?: Problem | null;
  isLive: boolean;
  /** `trace`: the one whose operators are shown. */
  search: Search;
  onSearch: OnSearch;
}

const COLUMNS = 48;

/** What the time of a run goes into, how much of the machine it uses, what would make it faster, and traces on demand. */
export default function ProfilePanel(props: ProfilePanelProps) {
  const { profile, problem = null, view, isLive } = props;
  const { t } = useTranslation();
  const words = useProfileWords();
  const columns = useMemo(() => timeColumns(view.curves, COLUMNS), [view.curves]);
  const isThere = profile !== null && profile.parts.length > 0;
  return (
    <Panel
      title={t("Time and memory")}
      count={isThere ? t("{{time}} in all", { time: formatDuration(profile.seconds) }) : undefined}
      status={isThere ? "ready" : problem ? "error" : profile === null ? "loading" : "empty"}
      error={
        <ErrorState
          what={t("The times could not be read")}
          why={problem?.message}
          {...(problem ? { onRetry: problem.retry } : {})}
        />
      }
      loading={<LoadingState text={t("Reading where the time goes")} height={160} />}
      empty={
        <EmptyState
          title={t("No times yet")}
          text={
            isLive
              ? t("They come with the first row of metrics.")
              : t("The run ended before its first row, or was made before times were told.")
          }
        />
      }
    >
      {isThere && (
        <div className="grid grid-cols-1 gap-6">
          <div className="@container">
            <div className="grid gap-x-8 gap-y-6 @3xl:grid-cols-2">
              <section className="min-w-0">
                <h3 className="mb-1 font-semibold">{t("Seconds a step")}</h3>
                <StackedColumns
                  title={t("Seconds a step, by part")}
                  parts={columns.parts.map((part) => ({ ...part, label: words.parts[part.id] ?? part.id }))}
                  columnLabel={(column) => formatCount(columns.steps[column] ?? 0)}
                  format={shortTime}
                  height={190}
                />
              </section>
              <section className="min-w-0">
                <h3 className="mb-1 font-semibold">{t("Parts of the time")}</h3>
                <PartsTable parts={profile.parts} />
              </section>
              <section className="min-w-0">
                <h3 className="mb-1 font-semibold">{t("Use of the machine")}</h3>
                <Use profile={profile} />
              </section>
              <Memory view={view} />
            </div>
          </div>
          <Advice profile={profile} />
          <Traces {...props} traces={profile.traces ?? []} />
        </div>
      )}
    </Panel>
  );
}

function Use({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const { tokens_per_second: speed, mfu, ceiling, useful_share: useful, learned_share: learned } = profile;
  const { truncated_tokens: cut, peak_bytes: peak, peak_step: at } = profile;
  const rows = [
    speed != null && {
      label: t("Tokens a second, in the steps"),
      value: formatShort(speed),
      exact: String(speed),
    },
    mfu != null && {
      label: t("Useful arithmetic (MFU)"),
      value:
        ceiling == null
          ? formatPercent(mfu, 1)
          : t("{{share}} of {{rate}} GFLOP/s", {
              share: formatPercent(mfu, 1),
              rate: formatShort(ceiling / 1e9),
            }),
      exact: String(mfu),
    },
    useful != null && {
      label: t("Places that are tokens"),
      value:
        profile.path === "padded" && profile.path_reason
          ? t("{{share}}; padded, because {{why}}", {
              share: formatPercent(useful, 1),
              why: profile.path_reason,
            })
          : formatPercent(useful, 1),
      exact: String(useful),
    },
    learned != null && {
      label: t("Tokens that are learned"),
      value: formatPercent(learned, 1),
      exact: String(learned),
    },
    cut != null && { label: t("Tokens cut off at the longest length"), value: formatCount(cut) },
    peak != null && {
      label: t("Most memory"),
      value: t("{{bytes}}, by step {{step}}", { bytes: formatBytes(peak), step: formatCount(at ?? 0) }),
      exact: String(peak),
    },
  ];
  return (
    <>
      <KeyValue name={t("Use of the machine")} rows={rows.filter((row) => row !== false)} />
      <p className="mt-1 text-caption text-muted">
        {t("MFU is what the tokens need, of what plain matrix products reached here at the start.")}
      </p>
    </>
  );
}

function Memory({ view }: Pick<ProfilePanelProps, "view">) {
  const { t } = useTranslation();
  const series = useMemo(
    () =>
      memoryLines(view.events, {
        process: t("Process"),
        gpu: (number) => t("GPU {{n}}", { n: number }),
      }),
    [view.events, t],
  );
  return (
    <section className="min-w-0">
      <h3 className="mb-1 font-semibold">{t("Memory, MB")}</h3>
      <LineChart
        title={t("Memory over time, MB")}
        series={series}
        x={{ kind: "time", label: t("time") }}
        height={180}
        {...(series.length > 0
          ? {}
          : {
              status: {
                state: "empty" as const,
                title: t("No readings"),
                hint: t("One comes every five seconds."),
              },
            })}
      />
    </section>
  );
}

function Advice({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const words = useProfileWords();
  const found = profile.suggestions ?? [];
  return (
    <section className="min-w-0">
      <h3 className="mb-1 font-semibold">{t("What would make it faster")}</h3>
      {found.length === 0 ? (
        <p className="text-muted">{t("Nothing that was measured could be saved.")}</p>
      ) : (
        <div className="-mx-4 border-y border-line">
          <Findings
            label={t("What would make it faster")}
            items={found.map((each) => ({
              id: each.kind,
              level: "info",
              title: (
                <>
                  <code className="font-mono">{`${each.field}=${each.value}`}</code>{" "}
                  {t("saves about {{gain}} of the time", { gain: formatPercent(each.gain, 0) })}
                </>
              ),
              detail: `${words.reasonOf(each)} ${t("So far that would have been {{time}}.", { time: formatDuration(each.seconds) })}`,
            }))}
          />
        </div>
      )}
    </section>
  );
}
