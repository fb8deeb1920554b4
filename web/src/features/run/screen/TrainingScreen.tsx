import { useDeferredValue, useMemo } from "react";
import { FINAL_STATES, TRAINING_TASKS } from "../../../data/live/workspace.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import LossPanel from "../charts/LossPanel.tsx";
import { currentValue, journalOf, mixedIn, valueAt } from "../facts/journal.ts";
import { marksOf } from "../facts/markers.ts";
import { busySeconds, timeLeft } from "../facts/pace.ts";
import { stepBeforeTrouble } from "../facts/trouble.ts";
import { forkHref } from "../head/useRunActions.ts";
import { Journal } from "../journal/Journal.tsx";
import { Failure } from "../outcome/Failure.tsx";
import { RunFindings } from "../outcome/Findings.tsx";
import { Waiting } from "../outcome/Waiting.tsx";
import { hasReadings, Resources } from "../panels/Resources.tsx";
import { Progress } from "../progress/Progress.tsx";
import { Stats } from "../progress/Stats.tsx";
import { useXray } from "../xray/useXray.ts";
import { Below } from "./Below.tsx";
import { Head } from "./Head.tsx";
import { Mark } from "./Mark.tsx";
import type { ScreenProps } from "./types.ts";

/** The whole of a run that learns: where it is, its curves, what was done to it, what it wrote. */
export function TrainingScreen(props: ScreenProps) {
  const { data, commands, search, onSearch } = props;
  const { run, view, spec, checkpoints } = data;
  const { t } = useTranslation();
  const marks = useMemo(() => marksOf(view), [view]);
  const journal = useMemo(() => journalOf(view.events, spec), [view.events, spec]);
  const isTraining = TRAINING_TASKS.has(run.task);
  const isWaiting = run.state === "queued" || run.state === "starting";
  const isHeldUp = run.state === "paused" && Boolean(run.error);
  const lastSaved = checkpoints.at(-1) ?? null;
  const forkAt = stepBeforeTrouble(marks, checkpoints, run.step ?? 0);
  const ended = run.state === "completed" || run.state === "stopped";
  const canChange = run.state === "running" || run.state === "paused";
  const xrays = useXray(run, view.events, commands);
  const dataset = String(valueAt(spec, "data.dataset") ?? "");
  // The curves come first; what stands below them is drawn in the time that is then left.
  const isLater = useDeferredValue(view.isLoaded || view.curves.size > 0, false);
  return (
    <Page>
      <Head {...props} />
      {(isWaiting || isHeldUp) && <Waiting run={run} others={data.others} />}
      {(run.state === "failed" || run.state === "interrupted") && (
        <Failure
          run={run}
          lastSaved={lastSaved?.step ?? null}
          isTraining={isTraining}
          isStarting={props.again.isStarting}
          onAgain={props.again.onAgain}
          onRecipe={() => props.onGo(forkHref(run, null))}
          forkAt={forkAt}
          onFork={() => props.onGo(forkHref(run, forkAt))}
        />
      )}
      {!isWaiting && <Numbers {...props} />}
      <Cell span={8}>
        <LossPanel
          run={run}
          view={view}
          other={props.other}
          onZoom={props.onZoom}
          marks={marks}
          search={search}
          onSearch={onSearch}
          waiting={waitingWords(run.state, t)}
        />
      </Cell>
      <Cell span={4} full>
        <RunFindings
          marks={marks}
          drill={view.events.findLast((event) => event.type === "drill")}
          reproduction={view.events.findLast((event) => event.type === "reproduction")}
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
          hasReadings({ events: view.events, isLive: data.isLive, isLoaded: view.isLoaded }) && (
            <Resources events={view.events} isLive={data.isLive} isLoaded={view.isLoaded} />
          )
        )}
      </Cell>
      {isLater ? (
        <Below {...props} xrays={xrays} dataset={dataset} />
      ) : (
        <div className="min-h-[1600px] rounded-panel border border-line bg-surface" />
      )}
      <Mark {...props} marks={marks} dataset={dataset} xrays={isTraining ? xrays : null} />
    </Page>
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

function waitingWords(state: string, t: (key: string) => string) {
  if (state === "queued") {
    return { title: t("Nothing yet"), hint: t("The curve begins when the run starts.") };
  }
  if (state === "starting" || state === "running") {
    return { title: t("No loss yet"), hint: t("Tokens are counted first, then the first step follows.") };
  }
  return { title: t("No loss was logged"), hint: t("The run ended before its first step.") };
}
