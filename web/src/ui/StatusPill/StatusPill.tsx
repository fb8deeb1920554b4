import { useTranslation } from "../../i18n/i18n.ts";

export const RUN_STATES = [
  "queued",
  "starting",
  "running",
  "pausing",
  "paused",
  "stopping",
  "completed",
  "failed",
  "stopped",
  "interrupted",
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface StatusPillProps {
  /** State of the run, as the API names it. */
  state: RunState;
  /** After the word: "78 %", "at 1,204". */
  detail?: string;
  /** Instead of the usual word of the state, for example "Evaluating". */
  label?: string;
}

const LIVE = "bg-accent-wash text-accent px-2";
const LOOKS: Record<RunState, { pill: string; mark: string }> = {
  queued: { pill: "text-muted", mark: "rounded-full border-[1.5px] border-line-strong" },
  starting: { pill: LIVE, mark: "live" },
  running: { pill: LIVE, mark: "live" },
  pausing: { pill: LIVE, mark: "live" },
  paused: { pill: "text-text-2", mark: "border-x-[2.5px] border-line-strong" },
  stopping: { pill: LIVE, mark: "live" },
  completed: { pill: "text-text-2", mark: "rounded-full bg-positive-mark" },
  failed: { pill: "text-danger", mark: "rounded-[1px] bg-danger-mark" },
  stopped: { pill: "text-text-2", mark: "rounded-[1px] border-[1.5px] border-line-strong" },
  interrupted: { pill: "text-warning", mark: "bg-warning-mark [clip-path:polygon(50%_0,100%_100%,0_100%)]" },
};
const BEAT = "rounded-full bg-accent-line motion-safe:animate-[beat_2s_var(--ease-in-out)_infinite]";

function useWord(state: RunState): string {
  const { t } = useTranslation();
  const words: Record<RunState, string> = {
    queued: t("Queued"),
    starting: t("Starting"),
    running: t("Training"),
    pausing: t("Pausing"),
    paused: t("Paused"),
    stopping: t("Stopping"),
    completed: t("Finished"),
    failed: t("Failed"),
    stopped: t("Stopped"),
    interrupted: t("Interrupted"),
  };
  return words[state];
}

/** The state of a run: filled only while something runs; shape and word differ, not the colour alone. */
export function StatusPill({ state, detail, label }: StatusPillProps) {
  const word = useWord(state);
  const { pill, mark } = LOOKS[state];
  return (
    <span
      data-state={state}
      className={`inline-flex h-[22px] items-center gap-1.5 rounded-full text-caption font-medium tracking-normal whitespace-nowrap tabular-nums ${pill}`}
    >
      <i aria-hidden="true" className={`size-[7px] shrink-0 ${mark === "live" ? BEAT : mark}`} />
      {label ?? word}
      {detail && ` ${detail}`}
    </span>
  );
}
