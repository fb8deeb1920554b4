import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { formatClock, formatCount, formatDuration, formatShort, formatValue } from "../../../ui/format.ts";
import { threadOf } from "../../../ui/thread.ts";
import type { TimeLeft } from "../facts/pace.ts";

export interface ProgressProps {
  run: Pick<Run, "name" | "state" | "step" | "total_steps" | "ordinal">;
  /** As the trainer says it; null before the first step. */
  epoch: number | null;
  epochs: number | null;
  left: TimeLeft | null;
  /** Seconds that it worked. */
  busy: number;
  /** Unix seconds. */
  now: number;
}

/** Where the run is, and how long it still takes, with the interval. */
export function Progress({ run, epoch, epochs, left, busy, now }: ProgressProps) {
  const { t } = useTranslation();
  const step = run.step ?? 0;
  const total = run.total_steps;
  const isRunning = run.state === "running";
  return (
    <Cloth
      done={step}
      total={total}
      thread={threadOf(run.ordinal ?? 0)}
      name={t("Progress of {{name}}", { name: run.name })}
      label={
        <>
          <strong className="text-text">
            {total
              ? t("Step {{step}} of {{total}}", { step: formatCount(step), total: formatCount(total) })
              : t("Step {{step}}", { step: formatCount(step) })}
          </strong>
          {epoch !== null && (
            <span className="ml-3 text-muted">
              {epochs
                ? t("epoch {{epoch}} of {{epochs}}", { epoch: formatValue(epoch, 3), epochs })
                : t("epoch {{epoch}}", { epoch: formatValue(epoch, 3) })}
            </span>
          )}
        </>
      }
      text={
        isRunning && left ? (
          <LeftWords left={left} now={now} />
        ) : busy > 0 ? (
          t("{{time}} of work", { time: formatDuration(busy) })
        ) : undefined
      }
      {...(total ? { ticks: ticksOf(total, t("{{total}} steps", { total: formatShort(total) })) } : {})}
    />
  );
}

function LeftWords({ left, now }: { left: TimeLeft; now: number }) {
  const { t } = useTranslation();
  const isSure = left.high - left.low < 0.02 * left.seconds;
  return (
    <>
      <strong className="text-text">{t("{{time}} left", { time: formatDuration(left.seconds) })}</strong>{" "}
      {!isSure &&
        t("({{low}} to {{high}})", { low: formatDuration(left.low), high: formatDuration(left.high) })}
      {", "}
      {t("done at {{time}}", { time: formatClock(now + left.seconds).slice(0, 5) })}
    </>
  );
}

function ticksOf(total: number, last: string): { at: number; label: string }[] {
  const quarter = [0, 0.25, 0.5, 0.75].map((share) => Math.round(total * share));
  if (total < 8)
    return [
      { at: 0, label: "0" },
      { at: total, label: last },
    ];
  return [...quarter.map((at) => ({ at, label: formatShort(at) })), { at: total, label: last }];
}
