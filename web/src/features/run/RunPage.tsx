import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../data/client.ts";
import { TRAINING_TASKS } from "../../data/live/workspace.ts";
import { checkpointsQuery, refreshRuns, startRun } from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { toast } from "../../ui/Toast/toast.ts";
import { type OnSearch, rangeOf, type Search, xKindOf } from "./charts/useChartView.ts";
import { type Commands, useCommands } from "./live/useCommands.ts";
import { useCurves } from "./live/useCurves.ts";
import { useInsight } from "./live/useInsight.ts";
import { useNow } from "./live/useNow.ts";
import { useOutput } from "./live/useOutput.ts";
import { type RunData, useRun } from "./live/useRun.ts";
import { useTidy } from "./live/useTidy.ts";
import { TaskScreen } from "./screen/TaskScreen.tsx";
import { TrainingScreen } from "./screen/TrainingScreen.tsx";
import { tabOf } from "./screen/types.ts";

export interface RunPageProps {
  /** Id of the run. */
  run: string;
  search: Search;
  onSearch: OnSearch;
  onGo: (href: string) => void;
}

/** Any run, live: its whole state is in the address. */
export function RunPage(props: RunPageProps) {
  const { data, error, retry } = useRun(props.run);
  if (data) return <LoadedRun key={props.run} {...props} data={data} />;
  return <Unread error={error} onRetry={retry} />;
}

function LoadedRun({ data, search, onSearch, onGo }: RunPageProps & { data: RunData }) {
  const { run, view, isLive } = data;
  const commands = useCommands(run.id, view.events);
  const tidy = useTidy(run, onGo);
  const { other, onZoom } = useCurves(run.id, view, xKindOf(search), rangeOf(search), isLive);
  const output = useOutput(run.id, tabOf(search) === "console", isLive);
  const insight = useInsight(data, search);
  const again = useAgain(data, commands, onGo);
  const now = useNow(isLive);
  const isFull = TRAINING_TASKS.has(run.task) || run.task === "log";
  const Screen = isFull ? TrainingScreen : TaskScreen;
  const { found, ...verify } = useVerify(run.id);
  return (
    <Screen
      data={found ? { ...data, checkpoints: found } : data}
      commands={commands}
      tidy={tidy}
      other={other}
      onZoom={onZoom}
      output={output}
      insight={insight}
      verify={verify}
      again={again}
      now={now}
      search={search}
      onSearch={onSearch}
      onGo={onGo}
    />
  );
}

/** Compares every file with its hash, when asked. */
function useVerify(run: string) {
  const [isAsked, setAsked] = useState(false);
  const answer = useQuery({ ...checkpointsQuery(run, true), enabled: isAsked });
  return {
    found: answer.data?.items,
    isVerified: answer.isSuccess,
    isVerifying: answer.isFetching,
    onVerify: () => (isAsked ? void answer.refetch() : setAsked(true)),
  };
}

/** Resumes what can be resumed; else starts the same work again, from the last checkpoint if there is one. */
function useAgain({ run, spec, checkpoints }: RunData, commands: Commands, onGo: RunPageProps["onGo"]) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isStarting, setStarting] = useState(false);
  const start = async () => {
    const last = checkpoints.at(-1);
    const started = await startRun(spec, last ? { fork: last.reference } : { parent: run.id });
    void refreshRuns(client);
    toast({ message: t("Started again. The failed run stays as it is."), tone: "success" });
    onGo(`/runs/${started.id}`);
  };
  const onAgain = async () => {
    setStarting(true);
    try {
      if (run.state === "interrupted" || run.state === "paused") await commands.send("resume");
      else await start();
    } catch (error) {
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`.trim(), tone: "danger" });
    }
    setStarting(false);
  };
  return { isStarting, onAgain: () => void onAgain() };
}

function Unread({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <Page>
      <PageHeader title={problem ? t("This run cannot be shown") : t("Run")} />
      <Panel>
        {error ? (
          <ErrorState
            what={problem?.detail ?? String(error)}
            {...(problem?.hint && problem.status !== 404 ? { todo: problem.hint } : {})}
            fix={<Link href="/runs">{t("All runs")}</Link>}
            onRetry={onRetry}
            report={JSON.stringify(problem ?? String(error))}
          />
        ) : (
          <LoadingState text={t("Reading the run")} height={360} />
        )}
      </Panel>
    </Page>
  );
}
