import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../../../data/client.ts";
import type { RunNews } from "../../../data/live/stream.ts";
import { refreshRuns, type Sent, sendCommand } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { closeToast, toast } from "../../../ui/Toast/toast.ts";

export interface Commands {
  /** The command that is under way; `ask` is a sample of a person's own prompt. */
  pending: string;
  send: (command: string, values?: Record<string, unknown>) => Promise<boolean>;
}

const PATIENCE_MS = 20_000;

/** What happens next, by command. */
function useNext(): (command: string) => string {
  const { t } = useTranslation();
  const next: Record<string, string> = {
    pause: t("The machine is free until you resume."),
    resume: t("The next step follows at once."),
    stop: t("The model of the last step can be tried, evaluated and exported."),
    stop_now: t("The last checkpoint stays."),
    checkpoint: t("It stands in the list of checkpoints."),
    evaluate: t("The validation loss gets a new point."),
    sample: t("The new texts stand below Samples."),
    profile: t("The trace stands below, under Time and memory."),
    xray: t("It stands below, under X-ray of a step."),
    set: t("It holds from the next step on and is replayed when the run is reproduced."),
  };
  return (command) => next[command] ?? "";
}

/** Sends commands: shown as under way at once, acknowledged in the trainer's words, taken back where refused. */
export function useCommands(run: string, events: readonly RunNews[]): Commands {
  const { t } = useTranslation();
  const client = useQueryClient();
  const next = useNext();
  const [pending, setPending] = useState<{ command: string; number: number; isAsked: boolean } | null>(null);

  const sentToast = useRef(0);

  const tell = (command: string, isAsked: boolean, accepted: boolean, message: string) => {
    closeToast(sentToast.current);
    if (accepted && isAsked) toast({ message: t("The model has answered."), tone: "success" });
    else if (accepted) toast({ message: `${sentence(message)} ${next(command)}`.trim(), tone: "success" });
    else toast({ message: t("Refused: {{message}}", { message }), tone: "danger" });
  };
  const answer = pending?.number
    ? events.findLast((event) => event.type === "command" && event.number === pending.number)
    : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer is told once, when it comes
  useEffect(() => {
    if (!answer || !pending) return;
    tell(pending.command, pending.isAsked, Boolean(answer.accepted), String(answer.message ?? ""));
    setPending(null);
  }, [answer]);
  useEffect(() => {
    if (!pending) return;
    const timer = window.setTimeout(() => setPending(null), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, [pending]);

  const send = async (command: string, values: Record<string, unknown> = {}) => {
    const isAsked = command === "sample" && "prompt" in values;
    setPending({ command, number: 0, isAsked });
    try {
      const sent: Sent = await sendCommand(run, command, values);
      void refreshRuns(client);
      if (!sent.answer) {
        setPending({ command, number: sent.number, isAsked });
        sentToast.current = toast({ message: t("Sent. The trainer answers between two steps.") });
        return true;
      }
      setPending(null);
      tell(command, isAsked, sent.answer.accepted, sent.answer.message);
      return sent.answer.accepted;
    } catch (error) {
      setPending(null);
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`.trim(), tone: "danger" });
      return false;
    }
  };
  return { pending: pending?.isAsked ? "ask" : (pending?.command ?? ""), send };
}

/** The trainer's words as a sentence. */
function sentence(words: string): string {
  if (words === "") return "";
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
