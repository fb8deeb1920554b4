import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../../data/client.ts";
import type { FieldProblem } from "../../../data/recipes.ts";
import { refreshRuns, startRun } from "../../../data/runs.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";
import type { Origin } from "../pure/drafts.ts";
import { markStarted } from "./useAutosave.ts";

function forkOf({ name, step }: Origin) {
  return step === undefined ? {} : { fork: `${name}@${step}` };
}

interface Refused {
  spec: Values;
  problems: readonly FieldProblem[];
}

/** Starts the run and goes to it; a refusal stands at its fields until something changes. */
export function useStart(id: string, spec: Values, origin: Origin, onGo: (href: string) => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isStarting, setIsStarting] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const start = async () => {
    setIsStarting(true);
    try {
      const started = await startRun(spec, forkOf(origin));
      markStarted(id, started.id);
      void refreshRuns(client);
      onGo(`/runs/${started.id}`);
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : null;
      setRefused({ spec, problems: problem?.errors ?? [] });
      const message = problem ? `${problem.detail} ${problem.hint}`.trim() : String(error);
      toast({ message: t("Not started. {{message}}", { message }), tone: "danger" });
    } finally {
      setIsStarting(false);
    }
  };
  return { start: () => void start(), isStarting, problems: refused?.spec === spec ? refused.problems : [] };
}
