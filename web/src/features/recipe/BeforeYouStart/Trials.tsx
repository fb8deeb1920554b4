import { Gauge, ListChecks, Square } from "lucide-react";
import { STAGE_WORDS } from "../../../data/live/rehearsal.ts";
import type { ProbeRow, Trial } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { formatBytes, formatCount, formatDuration } from "../../../ui/format.ts";

export interface TrialsProps {
  /** The trial that runs or ran last; null before the first. */
  trial: Trial | null;
  isStarting: boolean;
  /** What a new one waits for; empty where it can begin. */
  why?: string;
  onProbe: () => void;
  onRehearse: () => void;
  onStop: () => void;
  /** Make the change that a probe suggests, such as `batch.micro_batch_size=8`. */
  onApply: (change: string) => void;
  canApply: (change: string) => boolean;
}

/** Trying the recipe without training it: the largest batch, and a rehearsal of everything that a run does. */
export function Trials(props: TrialsProps) {
  const { trial, isStarting, why = "" } = props;
  const { t } = useTranslation();
  const isBusy = isStarting || (trial !== null && !trial.isOver);
  return (
    <section aria-label={t("Try it first")} className="mt-4 border-t border-line pt-3">
      <div className="flex flex-wrap gap-2">
        <Button size="small" icon={Gauge} isDisabled={isBusy || why !== ""} onPress={props.onProbe}>
          {t("Find the largest batch")}
        </Button>
        <Button size="small" icon={ListChecks} isDisabled={isBusy || why !== ""} onPress={props.onRehearse}>
          {t("Rehearse")}
        </Button>
        {isBusy && trial && (
          <Button size="small" icon={Square} onPress={props.onStop}>
            {t("Stop")}
          </Button>
        )}
      </div>
      {why && <p className="mt-2 text-caption text-muted">{why}</p>}
      <p role="status" className="mt-2 text-caption text-muted empty:hidden">
        {isBusy && (trial?.phase || t("Starting a process of its own"))}
      </p>
      {trial?.error && (
        <p role="alert" className="mt-2 text-danger">
          {trial.error.what} <span className="text-muted">{trial.error.todo}</span>
        </p>
      )}
      {trial?.kind === "probe" && trial.rows.length > 0 && <ProbeTable {...props} trial={trial} />}
      {trial?.kind === "rehearse" && trial.stages.length > 0 && <Stages trial={trial} />}
    </section>
  );
}

function ProbeTable({
  trial,
  onApply,
  canApply,
}: { trial: Trial } & Pick<TrialsProps, "onApply" | "canApply">) {
  const { t } = useTranslation();
  const { rows, suggestion, limit } = trial;
  return (
    <div className="mt-3">
      <table className="w-full tabular-nums">
        <caption className="sr-only">{t("Batches that were tried")}</caption>
        <thead className="text-caption text-muted">
          <tr>
            <th scope="col" className="text-left font-normal">
              {rows[0]?.unit === "tokens" ? t("Tokens at once") : t("Sequences at once")}
            </th>
            <th scope="col" className="text-right font-normal">
              {t("Memory")}
            </th>
            <th scope="col" className="text-right font-normal">
              {t("Tokens/s")}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...rows]
            .sort((a, b) => a.size - b.size)
            .map((row) => (
              <Row key={row.size} row={row} isBest={row.size === suggestion?.size} />
            ))}
        </tbody>
      </table>
      <p className="mt-1 text-caption text-muted">
        {t("Tried up to {{limit}}, what this machine has left.", { limit: formatBytes(limit) })}
      </p>
      {suggestion && (
        <div className="mt-2 flex items-start justify-between gap-3">
          <span className="min-w-0 text-caption wrap-anywhere text-text-2">
            {suggestion.same_result
              ? t("Fastest with the same result: {{change}}", { change: suggestion.change })
              : t("Fastest, with another number of tokens per step: {{change}}", {
                  change: suggestion.change,
                })}
          </span>
          {canApply(suggestion.change) && (
            <Button size="small" onPress={() => onApply(suggestion.change)}>
              {t("Use it")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Row({ row, isBest }: { row: ProbeRow; isBest: boolean }) {
  const { t } = useTranslation();
  return (
    <tr className={`h-7 border-t border-line ${isBest ? "font-medium" : ""}`}>
      <th scope="row" className="text-left font-[inherit]">
        {formatCount(row.size)}
      </th>
      <td className="text-right">{formatBytes(row.peak_bytes)}</td>
      <td className={`text-right ${row.fits ? "" : "text-danger"}`} title={row.reason ?? ""}>
        {row.fits ? formatCount(row.tokens_per_second ?? 0) : t("does not fit")}
      </td>
    </tr>
  );
}

function Stages({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const { stages, measured, predicted } = trial;
  return (
    <div className="mt-3">
      <ul aria-label={t("Rehearsed")} className="grid gap-1 tabular-nums">
        {stages.map((stage) => (
          <li key={stage.stage} className="flex justify-between gap-3">
            <span>{t(STAGE_WORDS[stage.stage] ?? stage.stage)}</span>
            <span className="text-muted">{formatDuration(stage.seconds)}</span>
          </li>
        ))}
      </ul>
      {measured > 0 && (
        <p className="mt-1 text-caption text-muted">
          {t("At most {{most}} of memory; {{told}} were predicted.", {
            most: formatBytes(measured),
            told: formatBytes(predicted),
          })}
        </p>
      )}
    </div>
  );
}
