import { lazy, Suspense, useCallback } from "react";
import { traceHref } from "../../../data/insight.ts";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { threadOf } from "../../../ui/thread.ts";
import MetricGrid from "../charts/MetricGrid.tsx";
import { valueAt } from "../facts/journal.ts";
import { AskModel } from "../panels/AskModel.tsx";
import { Checkpoints } from "../panels/Checkpoints.tsx";
import { LedgerPanel } from "../panels/LedgerPanel.tsx";
import { LogPanel } from "../panels/LogPanel.tsx";
import { hasReadings, Resources } from "../panels/Resources.tsx";
import { Samples } from "../panels/Samples.tsx";
import type { Xrays } from "../xray/useXray.ts";
import { leaveOutHref } from "../xray/xrays.ts";
import { type ScreenProps, tabOf } from "./types.ts";

const FlowPanel = lazy(() => import("../flow/FlowPanel.tsx"));
const ProfilePanel = lazy(() => import("../profile/ProfilePanel.tsx"));
const RunModel = lazy(() =>
  import("../panels/RunModel.tsx").then((module) => ({ default: module.RunModel })),
);
const XrayPanel = lazy(() => import("../xray/XrayPanel.tsx"));

/** Objectives whose model writes no text. */
const SCORING = new Set<unknown>(["classification", "reward"]);

interface BelowProps extends ScreenProps {
  xrays: Xrays;
  dataset: string;
}

/** What stands below the curves. */
export function Below({ xrays, dataset, ...props }: BelowProps) {
  const { data, search, onSearch } = props;
  const { run, view } = data;
  const isTraining = TRAINING_TASKS.has(run.task);
  const isWaiting = run.state === "queued" || run.state === "starting";
  const canChange = run.state === "running" || run.state === "paused";
  return (
    <>
      <MetricGrid run={run} view={view} search={search} onSearch={onSearch} />
      <Lower {...props} isTraining={isTraining} canAsk={canChange} />
      {isTraining && !isWaiting && <Insights {...props} canAsk={canChange} />}
      {isTraining && (xrays.canAsk || xrays.all.length > 0) && (
        <Suspense fallback={<div className="min-h-[200px] rounded-panel border border-line bg-surface" />}>
          <XrayPanel
            xrays={xrays}
            step={run.step ?? 0}
            dataset={dataset}
            search={search}
            onSearch={onSearch}
            checkpoints={data.checkpoints.map((each) => each.step)}
            onLeaveOut={(rows, from) => props.onGo(leaveOutHref(run.id, rows, from))}
          />
        </Suspense>
      )}
      {isTraining && (
        <Cell span={12}>
          <Suspense fallback={<div className="min-h-[200px] rounded-panel border border-line bg-surface" />}>
            <RunModel run={run.id} />
          </Suspense>
        </Cell>
      )}
      <LedgerPanel events={view.events} search={search} onSearch={onSearch} />
    </>
  );
}

/** How the gradient flows, and where the time goes. */
function Insights({ data, commands, insight, search, onSearch, canAsk }: ScreenProps & { canAsk: boolean }) {
  const { run, view, isLive } = data;
  return (
    <Suspense fallback={<div className="min-h-[200px] rounded-panel border border-line bg-surface" />}>
      <FlowPanel
        flow={insight.flow}
        chosen={insight.chosen}
        every={insight.every}
        problem={insight.problems.flow}
        isLive={isLive}
        search={search}
        onSearch={onSearch}
      />
      <ProfilePanel
        profile={insight.profile}
        problem={insight.problems.profile}
        view={view}
        isLive={isLive}
        canAsk={canAsk}
        isAsking={commands.pending === "profile"}
        onAsk={(steps) => void commands.send("profile", { steps })}
        hrefOf={(name) => traceHref(run.id, name)}
        search={search}
        onSearch={onSearch}
      />
    </Suspense>
  );
}

function Lower(props: ScreenProps & { isTraining: boolean; canAsk: boolean }) {
  const { data, search, onSearch, isTraining } = props;
  const { run, view } = data;
  const onTab = useCallback(
    (tab: string) => onSearch({ log_tab: tab === "console" ? tab : undefined }),
    [onSearch],
  );
  const log = (
    <LogPanel
      name={run.name}
      events={view.events}
      isLoaded={view.isLoaded}
      output={props.output}
      tab={tabOf(search)}
      onTab={onTab}
    />
  );
  if (!isTraining) return log;
  const writes = !SCORING.has(valueAt(data.spec, "objective.kind"));
  const isMeasured = hasReadings({ events: view.events, isLive: data.isLive, isLoaded: view.isLoaded });
  return (
    <>
      <Cell span={isMeasured ? 7 : 12}>
        <Samples
          events={view.events}
          isLoaded={view.isLoaded}
          writes={writes}
          thread={threadOf(run.ordinal ?? 0)}
          search={search}
          onSearch={onSearch}
        />
        <AskModel
          events={view.events}
          canAsk={props.canAsk && writes}
          isPending={props.commands.pending === "ask"}
          onAsk={(prompt) => props.commands.send("sample", { prompt })}
        />
      </Cell>
      {isMeasured && (
        <Cell span={5} full>
          <Resources events={view.events} isLive={data.isLive} isLoaded={view.isLoaded} />
        </Cell>
      )}
      <Cell span={7}>{log}</Cell>
      <Cell span={5} full>
        <Checkpoints
          items={data.checkpoints}
          run={run.id}
          isLive={data.isLive}
          {...props.verify}
          onDelete={props.tidy.removeCheckpoint}
        />
      </Cell>
    </>
  );
}
