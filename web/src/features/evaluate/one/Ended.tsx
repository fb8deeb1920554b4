import { useQuery } from "@tanstack/react-query";
import { tellRunError } from "../../../data/problem.ts";
import { runQuery } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";

/** An evaluation that has no numbers: failed, or stopped before its end. */
export function Ended({ id, state, onAgain }: { id: string; state: string; onAgain: () => void }) {
  const { t } = useTranslation();
  const { data: run } = useQuery(runQuery(id));
  const told = tellRunError({ error: run?.error ?? null, reason: run?.reason ?? "" });
  const again = (
    <Button size="small" onPress={onAgain}>
      {t("Evaluate again")}
    </Button>
  );
  return (
    <Panel title={state === "failed" ? t("It failed") : t("It was stopped")}>
      {state === "failed" ? (
        <ErrorState
          what={told.what || t("The evaluation failed.")}
          why={t("Nothing was measured; the model and the data are as they were.")}
          todo={told.todo}
          report={told.report}
          fix={again}
        />
      ) : (
        <EmptyState title={t("No numbers were written")} text={run?.reason || undefined} action={again} />
      )}
    </Panel>
  );
}
