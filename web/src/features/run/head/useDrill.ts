import { useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { drillRun } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";

export interface Drill {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Opens the question. */
  ask: () => void;
  onDrill: () => Promise<void>;
}

/** Kills the trainer on purpose; the run's own log tells how it came back. */
export function useDrill(run: string): Drill {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const onDrill = async () => {
    setIsOpen(false);
    try {
      await drillRun(run);
      toast({
        message: t("The trainer was killed. It comes back by itself; the result stands in the findings."),
      });
    } catch (error) {
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`.trim(), tone: "danger" });
    }
  };
  return { isOpen, onOpenChange: setIsOpen, ask: () => setIsOpen(true), onDrill };
}
