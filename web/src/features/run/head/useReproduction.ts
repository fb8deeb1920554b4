import { useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../../../data/client.ts";
import { refreshRuns, reproduceRun } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";

/** Does the run again and goes to the new one, which compares itself when it ends. */
export function useReproduction(run: string, onGo: (href: string) => void): () => void {
  const { t } = useTranslation();
  const client = useQueryClient();
  const begin = async () => {
    try {
      const { id } = await reproduceRun(run);
      void refreshRuns(client);
      onGo(`/runs/${id}`);
      toast({ message: t("The run is made again. Whether all numbers are equal stands in its findings.") });
    } catch (error) {
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`.trim(), tone: "danger" });
    }
  };
  return () => void begin();
}
