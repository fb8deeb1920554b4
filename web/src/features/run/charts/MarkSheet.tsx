import type { ReactNode } from "react";
import { rehearsalOf, STAGE_WORDS } from "../../../data/live/rehearsal.ts";
import type { Checkpoint } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatBytes, formatCount, formatDuration, formatMoment } from "../../../ui/format.ts";
import { KeyValue } from "../../../ui/KeyValue/KeyValue.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { Num } from "../../../ui/Num/Num.tsx";
import { Sheet } from "../../../ui/Sheet/Sheet.tsx";
import type { RunMark } from "../facts/markers.ts";
import { useMetricWords } from "./names.ts";
import { useMarkWords } from "./useChartMarks.ts";

export interface MarkSheetProps {
  mark: RunMark | null;
  onClose: () => void;
  /** Name of the dataset that rows belong to. */
  dataset: string;
  /** The checkpoint of this step, while it is kept. */
  checkpoint: Checkpoint | null;
  /** What can be done with it. */
  actions?: ReactNode;
  /** Where the loss of this step came from, or the way to it. */
  xray?: ReactNode;
  /** There is much to read. */
  isWide?: boolean;
}

/** What happened at one moment of the run: when, what, which rows, and what to do with it. */
export function MarkSheet(props: MarkSheetProps) {
  const { mark, onClose, dataset, checkpoint, actions, xray, isWide = false } = props;
  const { t } = useTranslation();
  const words = useMarkWords();
  const title = mark ? t("Step {{step}}: {{what}}", { step: formatCount(mark.step), what: words(mark) }) : "";
  return (
    <Sheet
      isOpen={mark !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      actions={actions}
      size={isWide ? "wide" : "medium"}
    >
      {mark && (
        <div className="grid gap-4">
          <Facts mark={mark} />
          <Stages mark={mark} />
          <Rows rows={rowsOf(mark)} dataset={dataset} />
          <Texts mark={mark} />
          {xray}
          {mark.kind === "checkpoint" && !checkpoint && (
            <p className="text-muted">{t("It was replaced by a newer one and is no longer kept.")}</p>
          )}
        </div>
      )}
    </Sheet>
  );
}

function Facts({ mark }: { mark: RunMark }) {
  const { t } = useTranslation();
  const metric = useMetricWords();
  const { event } = mark;
  const rows: { label: string; value: ReactNode }[] = [{ label: t("Step"), value: formatCount(mark.step) }];
  if (mark.time > 0) rows.push({ label: t("Time"), value: formatMoment(mark.time) });
  for (const [key, value] of Object.entries(mark.values)) {
    rows.push({
      label: key === "val/loss" ? t("Validation loss") : metric(key),
      value: <Num value={value} />,
    });
  }
  if (event?.message) rows.push({ label: t("Message"), value: String(event.message) });
  if (event?.reason) rows.push({ label: t("Reason"), value: String(event.reason) });
  for (const [key, value] of Object.entries((event?.details ?? {}) as Record<string, unknown>)) {
    if (key !== "rows") rows.push({ label: key.replaceAll("_", " "), value: String(value) });
  }
  return <KeyValue rows={rows} name={t("What happened")} />;
}

/** What a rehearsal did, stage by stage. */
function Stages({ mark }: { mark: RunMark }) {
  const { t } = useTranslation();
  const rehearsal = rehearsalOf(mark.event);
  if (!rehearsal) return null;
  const { stages, measured, predicted, failed } = rehearsal;
  return (
    <section>
      <h3 className="mb-1 font-semibold">{t("Done once before the first step, and undone")}</h3>
      <KeyValue
        name={t("Rehearsal")}
        rows={[
          ...stages.map((stage) => ({
            label: t(STAGE_WORDS[stage.stage] ?? stage.stage),
            value: formatDuration(stage.seconds),
          })),
          ...(failed ? [{ label: t(STAGE_WORDS[failed] ?? failed), value: t("failed") }] : []),
        ]}
      />
      {measured > 0 && predicted > 0 && (
        <p className="mt-1 text-caption text-muted">
          {t("At most {{most}} of memory; {{told}} were predicted.", {
            most: formatBytes(measured),
            told: formatBytes(predicted),
          })}
        </p>
      )}
    </section>
  );
}

function rowsOf(mark: RunMark): number[] {
  const rows = (mark.event?.details as { rows?: unknown } | undefined)?.rows ?? mark.event?.rows;
  return Array.isArray(rows) ? rows.filter((row) => typeof row === "number") : [];
}

function Rows({ rows, dataset }: { rows: readonly number[]; dataset: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-semibold">
        {t("{{count}} rows of this batch", { count: rows.length, defaultValue_one: "One row of this batch" })}
      </h3>
      <p className="wrap-anywhere text-muted tabular-nums">
        {rows.map((row) => formatCount(row)).join(", ")}
      </p>
      {dataset && (
        <p className="mt-1">
          <Link href={`/data/${encodeURIComponent(dataset)}?tab=rows`}>
            {t("Look at the rows of {{dataset}}", { dataset })}
          </Link>
        </p>
      )}
    </section>
  );
}

function Texts({ mark }: { mark: RunMark }) {
  const { t } = useTranslation();
  const samples =
    mark.event?.type === "sample" ? (mark.event.samples as { prompt?: string; text?: string }[]) : [];
  if (!samples?.length) return null;
  return (
    <section>
      <h3 className="mb-1 font-semibold">{t("What the model wrote")}</h3>
      {samples.slice(0, 8).map((sample, index) => (
        <p
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have a fixed order
          key={index}
          className="border-t border-line py-2 wrap-anywhere whitespace-pre-wrap first:border-t-0"
        >
          <span className="text-muted">{sample.prompt}</span> {sample.text}
        </p>
      ))}
    </section>
  );
}
