import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { useRunView } from "../../data/live/page.ts";
import type { LiveRun } from "../../data/live/stream.ts";
import { WORKING_STATES } from "../../data/live/workspace.ts";
import { sendCommand } from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { Cloth } from "../../ui/Cloth/Cloth.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { formatCount, formatDuration, formatShort, formatValue } from "../../ui/format.ts";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { RunChip } from "../../ui/RunChip/RunChip.tsx";
import { type RunState, StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import { toast } from "../../ui/Toast/toast.ts";
import { threadOf } from "../../ui/thread.ts";
import { LossChart } from "./LossChart.tsx";

/** Keeps the line of facts before they are known. */
const NO_FACTS = "\u00a0";
/** As high as progress and chart together, so that nothing below moves when the run is known. */
const LOADING_PX = 204;

interface CurrentRunProps {
  run: LiveRun | null;
  isKnown: boolean;
  onGo: (href: string) => void;
}

/** The run that trains now, or the newest one: how far, how fast, its curve. */
export function CurrentRun({ run, isKnown, onGo }: CurrentRunProps) {
  const { t } = useTranslation();
  if (!isKnown) {
    return (
      <Panel
        title={t("Training")}
        status="loading"
        loading={<LoadingState text={t("Reading the runs")} height={LOADING_PX} />}
      />
    );
  }
  if (!run) {
    const go = (
      <Button size="small" onPress={() => onGo("/recipes")}>
        {t("Choose a recipe")}
      </Button>
    );
    return (
      <Panel
        title={t("Training")}
        status="empty"
        empty={
          <EmptyState
            title={t("Nothing has been trained yet")}
            text={t("The curve of a run stands here while it trains.")}
            action={go}
          />
        }
      />
    );
  }
  return <Watched run={run} onGo={onGo} />;
}

function Watched({ run, onGo }: { run: LiveRun; onGo: (href: string) => void }) {
  const { t } = useTranslation();
  const view = useRunView(run.id);
  const thread = threadOf(run.ordinal ?? 0);
  const step = Math.max(run.step ?? 0, view.step);
  const speed = view.latest.get("train/tokens_per_second")?.value;
  const loss = view.latest.get("train/loss")?.value;
  const left = timeLeft(run, step);
  const facts = [
    run.total_steps
      ? t("step {{step}} of {{total}}", { step: formatCount(step), total: formatCount(run.total_steps) })
      : "",
    speed === undefined ? "" : t("{{speed}} tok/s", { speed: formatShort(speed) }),
    loss === undefined ? "" : t("loss {{loss}}", { loss: formatValue(loss) }),
  ].filter(Boolean);
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          <RunChip thread={thread} name={run.name} href={`/runs/${run.id}`} />
          <StatusPill state={run.state as RunState} />
        </span>
      }
      tools={
        <>
          <PauseButton run={run} />
          <Button size="small" onPress={() => onGo(`/runs/${run.id}`)}>
            {t("Open run")}
          </Button>
        </>
      }
    >
      <Cloth
        done={step}
        total={run.total_steps}
        thread={thread}
        name={t("Progress of {{name}}", { name: run.name })}
        label={
          left === null ? undefined : <strong>{t("{{time}} left", { time: formatDuration(left) })}</strong>
        }
        text={facts.join(" · ") || NO_FACTS}
      />
      <div className="min-h-58">
        <LossChart run={run} view={view} />
      </div>
    </Panel>
  );
}

function PauseButton({ run }: { run: LiveRun }) {
  const { t } = useTranslation();
  const [isSending, setSending] = useState(false);
  if (run.state !== "running" && run.state !== "paused") return null;
  const command = run.state === "paused" ? "resume" : "pause";
  const send = async () => {
    setSending(true);
    try {
      await sendCommand(run.id, command);
    } catch (error) {
      toast({ message: (error as Error).message, tone: "danger" });
    }
    setSending(false);
  };
  return (
    <Button
      size="small"
      icon={command === "pause" ? Pause : Play}
      isPending={isSending}
      onPress={() => void send()}
    >
      {command === "pause" ? t("Pause") : t("Resume")}
    </Button>
  );
}

/** Seconds left at the pace so far; null where nobody can tell. */
export function timeLeft(run: LiveRun, step: number, now: number = Date.now() / 1000): number | null {
  if (!WORKING_STATES.has(run.state) || !run.started || !run.total_steps || step < 5) return null;
  return ((now - run.started) / step) * (run.total_steps - step);
}
