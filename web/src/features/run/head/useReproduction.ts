import { useQueryClient } from "@tanstack/react-query";
import { tellError } from "../../../data/problem.ts";
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
      const { what, todo } = tellError(error);
      toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
    }
  };
  return () => void begin();
}
