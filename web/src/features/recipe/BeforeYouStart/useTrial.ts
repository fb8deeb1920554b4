import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { type Trial, trialQuery } from "../../../data/recipes.ts";
import { sendCommand, startRun } from "../../../data/runs.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";

/** A probe or a rehearsal of the recipe: a run of its own that trains nothing, followed to its end. */
export function useTrial(spec: Values) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<{ id: string; kind: Trial["kind"] } | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const trial = useQuery(trialQuery(asked?.id ?? null, asked?.kind ?? "probe"));
  const begin = async (kind: Trial["kind"]) => {
    setIsStarting(true);
    try {
      const started = await startRun({ task: kind, recipe: spec });
      setAsked({ id: started.id, kind });
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : null;
      const message = problem ? `${problem.detail} ${problem.hint}`.trim() : String(error);
      toast({ message: t("Not started. {{message}}", { message }), tone: "danger" });
    } finally {
      setIsStarting(false);
    }
  };
  return {
    trial: asked ? (trial.data ?? null) : null,
    isStarting: isStarting || (asked !== null && trial.data === undefined && !trial.error),
    onProbe: () => void begin("probe"),
    onRehearse: () => void begin("rehearse"),
    onStop: () => void (asked && sendCommand(asked.id, "stop").then(() => trial.refetch())),
  };
}
