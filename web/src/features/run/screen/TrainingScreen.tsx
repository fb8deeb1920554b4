import { lazy, Suspense, useCallback, useMemo } from "react";
import { traceHref } from "../../../data/insight.ts";
import { FINAL_STATES, TRAINING_TASKS } from "../../../data/live/workspace.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { threadOf } from "../../../ui/thread.ts";
import { currentValue, journalOf, mixedIn, valueAt } from "../facts/journal.ts";
import { marksOf } from "../facts/markers.ts";
import { busySeconds, timeLeft } from "../facts/pace.ts";
import { forkHref } from "../head/useRunActions.ts";
import { Journal } from "../journal/Journal.tsx";
import { Failure } from "../outcome/Failure.tsx";
import { RunFindings } from "../outcome/Findings.tsx";
import { Waiting } from "../outcome/Waiting.tsx";
import { Checkpoints } from "../panels/Checkpoints.tsx";
import { LedgerPanel } from "../panels/LedgerPanel.tsx";
import { LogPanel } from "../panels/LogPanel.tsx";
import { Resources } from "../panels/Resources.tsx";
import { Samples } from "../panels/Samples.tsx";
import { Progress } from "../progress/Progress.tsx";
import { Stats } from "../progress/Stats.tsx";
import { useXray } from "../xray/useXray.ts";
import { leaveOutHref } from "../xray/xrays.ts";
import { Head } from "./Head.tsx";
import { Mark } from "./Mark.tsx";
import { type ScreenProps, tabOf } from "./types.ts";

const LossPanel = lazy(() => import("../charts/LossPanel.tsx"));
const MetricGrid = lazy(() => import("../charts/MetricGrid.tsx"));
const RunModel = lazy(() =>
  import("../panels/RunModel.tsx").then((module) => ({ default: module.RunModel })),
);
const FlowPanel = lazy(() => import("../flow/FlowPanel.tsx"));
const ProfilePanel = lazy(() => import("../profile/ProfilePanel.tsx"));
const XrayPanel = lazy(() => import("../xray/XrayPanel.tsx"));

/** The whole of a run that learns: where it is, its curves, what was done to it, what it wrote. */
export function TrainingScreen(props: ScreenProps) {
  const { data, commands, search, onSearch } = props;
  const { run, view, spec, checkpoints } = data;
  const { t } = useTranslation();
  const marks = useMemo(() => marksOf(view), [view]);
  const journal = useMemo(() => journalOf(view.events, spec), [view.events, spec]);
  const isTraining = TRAINING_TASKS.has(run.task);
  const isWaiting = run.state === "queued" || run.state === "starting";
  const lastSaved = checkpoints.at(-1) ?? null;
  const ended = run.state === "completed" || run.state === "stopped";
  const canChange = run.state === "running" || run.state === "paused";
  const xrays = useXray(run, view.events, commands);
  const dataset = String(valueAt(spec, "data.dataset") ?? "");
  return (
    <Page>
      <Head {...props} />
      {isWaiting && <Waiting run={run} others={data.others} />}
      {(run.state === "failed" || run.state === "interrupted") && (
        <Failure
          run={run}
          lastSaved={lastSaved?.step ?? null}
          isTraining={isTraining}
          isStarting={props.again.isStarting}
          onAgain={props.again.onAgain}
          onRecipe={() => props.onGo(forkHref(run, null))}
        />
      )}
      {!isWaiting && <Numbers {...props} />}
      <Cell span={8}>
        <Suspense fallback={<div className="min-h-[440px] rounded-panel border border-line bg-surface" />}>
          <LossPanel
            run={run}
            view={view}
            other={props.other}
            marks={marks}
            search={search}
            onSearch={onSearch}
            waiting={waitingWords(run.state, t)}
          />
        </Suspense>
      </Cell>
      <Cell span={4} full>
        <RunFindings
          marks={marks}
          drill={view.events.findLast((event) => event.type === "drill")}
          finished={ended && lastSaved ? lastSaved.reference : ""}
          onOpen={(mark) => onSearch({ mark })}
        />
        {isTraining ? (
          <Journal
            entries={journal}
            isLoaded={view.isLoaded}
            current={(key) => currentValue(view.events, spec, key)}
            pending={commands.pending}
            mix={mixedIn(spec)}
            onSet={(key, value) => commands.send("set", { key, value })}
            isOver={FINAL_STATES.has(run.state) || run.state === "interrupted"}
            {...(canChange ? {} : { why: t("Settings change while the run trains.") })}
          />
        ) : (
          <Resources events={view.events} isLive={data.isLive} isLoaded={view.isLoaded} />
        )}
      </Cell>
      <Suspense fallback={<div className="min-h-[300px] rounded-panel border border-line bg-surface" />}>
        <MetricGrid run={run} view={view} search={search} onSearch={onSearch} />
      </Suspense>
      <Lower {...props} isTraining={isTraining} />
      {isTraining && !isWaiting && <Insights {...props} canAsk={canChange} />}
      {isTraining && (xrays.canAsk || xrays.all.length > 0) && (
        <Suspense fallback={<div className="min-h-[200px] rounded-panel border border-line bg-surface" />}>
          <XrayPanel
            xrays={xrays}
            step={run.step ?? 0}
            dataset={dataset}
            search={search}
            onSearch={onSearch}
            onLeaveOut={(rows) => props.onGo(leaveOutHref(run.id, rows))}
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
      <Mark {...props} marks={marks} dataset={dataset} xrays={isTraining ? xrays : null} />
    </Page>
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

function Numbers({ data, now }: ScreenProps) {
  const { run, view, spec, price, isLive } = data;
  const step = run.step ?? 0;
  const left = timeLeft(view.curves, step, run.total_steps);
  const busy = busySeconds(view.events, now, isLive);
  const epochs = Number(valueAt(spec, "loop.num_epochs"));
  // Known before the curves are read, so that nothing below moves when they come.
  const hasNumbers =
    TRAINING_TASKS.has(run.task) || view.curves.has("train/loss") || "train/loss" in run.metrics;
  const isBySteps = valueAt(spec, "loop.max_steps") != null;
  return (
    <>
      <Progress
        run={run}
        epoch={view.latest.get("train/epoch")?.value ?? null}
        epochs={!isBySteps && Number.isFinite(epochs) ? epochs : null}
        left={left}
        busy={busy}
        now={now}
      />
      {hasNumbers && (
        <Stats
          view={view}
          step={step}
          total={run.total_steps}
          busy={busy}
          left={isLive ? (left?.seconds ?? null) : null}
          price={price}
        />
      )}
    </>
  );
}

function Lower(props: ScreenProps & { isTraining: boolean }) {
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
  return (
    <>
      <Cell span={7}>
        <Samples
          events={view.events}
          isLoaded={view.isLoaded}
          thread={threadOf(run.ordinal ?? 0)}
          search={search}
          onSearch={onSearch}
        />
      </Cell>
      <Cell span={5} full>
        <Resources events={view.events} isLive={data.isLive} isLoaded={view.isLoaded} />
      </Cell>
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

function waitingWords(state: string, t: (key: string) => string) {
  if (state === "queued") {
    return { title: t("Nothing yet"), hint: t("The curve begins when the run starts.") };
  }
  if (state === "starting" || state === "running") {
    return { title: t("No loss yet"), hint: t("Tokens are counted first, then the first step follows.") };
  }
  return { title: t("No loss was logged"), hint: t("The run ended before its first step.") };
}
