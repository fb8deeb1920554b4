import { useRunView } from "../../../data/live/page.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";

export interface ProgressProps {
  name: string;
  state: string;
  progress: { phase: string; done: number; total: number | null; unit: string } | null;
}

/** How far an evaluation is. */
export function Progress({ name, state, progress }: ProgressProps) {
  const { t } = useTranslation();
  const words: Record<string, string> = { tokens: t("Preparing the rows"), answers: t("Answering") };
  return (
    <Panel title={t("Under way")}>
      {progress ? (
        <Cloth
          done={progress.done}
          total={progress.total}
          name={t("Progress of {{name}}", { name })}
          label={words[progress.phase] ?? progress.phase}
          text={
            progress.total === null
              ? formatCount(progress.done)
              : t("{{done}} of {{total}}", {
                  done: formatCount(progress.done),
                  total: `${formatCount(progress.total)} ${t(progress.unit)}`,
                })
          }
        />
      ) : (
        <p role="status" className="text-muted">
          {state === "queued" ? t("It waits for its turn.") : t("Loading the model.")}
        </p>
      )}
      <p className="mt-3 text-caption text-muted">
        {t("The numbers appear here by themselves; the page may be left.")}
      </p>
    </Panel>
  );
}

/** Follows the evaluation's run live. */
export function RunProgress({ id, name, state }: { id: string; name: string; state: string }) {
  const { events } = useRunView(id);
  const newest = events.findLast((event) => event.type === "progress");
  const progress = newest
    ? {
        phase: String(newest.phase ?? ""),
        done: Number(newest.done ?? 0),
        total: typeof newest.total === "number" ? newest.total : null,
        unit: String(newest.unit ?? ""),
      }
    : null;
  return <Progress name={name} state={state} progress={progress} />;
}
