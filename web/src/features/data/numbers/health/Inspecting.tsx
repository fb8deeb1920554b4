import { useEffect } from "react";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { RunLine } from "../../importing/RunLine.tsx";
import { useMakingRun, useProgress } from "../../importing/useImportRun.ts";

/** The run that looks at all rows, to its end. */
export function Inspecting({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { t } = useTranslation();
  const { run } = useMakingRun(id);
  const progress = useProgress(id);
  const isDone = run?.state === "completed";
  useEffect(() => {
    if (isDone) onEnd();
  }, [isDone, onEnd]);
  return run && !isDone ? <RunLine name={t("Looking at all rows")} run={run} progress={progress} /> : null;
}
