import type { RunView } from "../../../data/live/runStore.ts";
import type { Price } from "../../../data/system.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import {
  formatCount,
  formatDuration,
  formatRate,
  formatShort,
  formatValue,
  NONE,
} from "../../../ui/format.ts";
import { Num } from "../../../ui/Num/Num.tsx";
import { Stat } from "../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../ui/Stat/StatStrip.tsx";
import { bestOf, formatMoney, mean, trendOf } from "../facts/pace.ts";

export interface StatsProps {
  view: Pick<RunView, "curves" | "latest" | "events">;
  step: number;
  total: number | null;
  /** Seconds that it worked, and what is expected to follow. */
  busy: number;
  left: number | null;
  price: Price | null;
}

/** The six numbers of a training run, each with what it is compared with. */
export function Stats(props: StatsProps) {
  const { t } = useTranslation();
  return (
    <StatStrip label={t("Newest numbers")}>
      <TrainLoss {...props} />
      <ValidationLoss {...props} />
      <Speed {...props} />
      <Tokens {...props} />
      <Cost {...props} />
      <Rate {...props} />
    </StatStrip>
  );
}

function TrainLoss({ view }: StatsProps) {
  const { t } = useTranslation();
  const loss = view.curves.get("train/loss");
  const trend = loss ? trendOf(loss.x, loss.y) : null;
  const value = view.latest.get("train/loss")?.value;
  return (
    <Stat
      label={t("Training loss")}
      value={formatValue(value)}
      {...(value === undefined ? {} : { exact: String(value) })}
      compare={
        trend ? (
          <>
            <Num as="delta" value={trend.delta} better="lower" />{" "}
            {t("over {{count}} steps", { count: trend.steps })}
          </>
        ) : (
          t("comes with the first steps")
        )
      }
    />
  );
}

function ValidationLoss({ view }: StatsProps) {
  const { t } = useTranslation();
  const curve = view.curves.get("val/loss");
  const best = curve ? bestOf(curve.x, curve.y) : null;
  const latest = view.latest.get("val/loss");
  const isBest = best && latest && best.step === latest.step;
  return (
    <Stat
      label={t("Validation loss")}
      value={formatValue(latest?.value)}
      {...(latest ? { exact: String(latest.value) } : {})}
      compare={
        !best
          ? t("not measured yet")
          : isBest
            ? t("best so far")
            : t("best {{value}} at step {{step}}", {
                value: formatValue(best.value),
                step: formatCount(best.step),
              })
      }
    />
  );
}

function Speed({ view }: StatsProps) {
  const { t } = useTranslation();
  const curve = view.curves.get("train/tokens_per_second");
  const recent = curve ? mean(curve.y.slice(-20)) : Number.NaN;
  const all = curve ? mean(curve.y) : Number.NaN;
  return (
    <Stat
      label={t("Throughput")}
      value={Number.isFinite(recent) ? formatShort(recent) : NONE}
      unit={t("tok/s")}
      exact={String(recent)}
      compare={
        Number.isFinite(all) ? t("{{all}} on average", { all: formatShort(all) }) : t("the last 20 steps")
      }
    />
  );
}

function Tokens({ view, step, total }: StatsProps) {
  const { t } = useTranslation();
  const tokens = view.latest.get("train/tokens")?.value;
  return (
    <Stat
      label={t("Tokens trained")}
      value={tokens === undefined ? NONE : formatShort(tokens)}
      {...(tokens === undefined ? {} : { exact: formatCount(tokens) })}
      compare={
        tokens !== undefined && total && step > 0 && step < total
          ? t("of about {{all}}", { all: formatShort((tokens / step) * total) })
          : tokens === undefined
            ? t("none yet")
            : t("in all")
      }
    />
  );
}

function Cost({ price, busy, left }: StatsProps) {
  const { t } = useTranslation();
  if (price?.per_hour == null) {
    return (
      <Stat
        label={t("Time at work")}
        value={busy > 0 ? formatDuration(busy) : NONE}
        compare={
          left === null
            ? t("pauses do not count")
            : t("about {{all}} in all", { all: formatDuration(busy + left) })
        }
      />
    );
  }
  const cost = (seconds: number) => formatMoney((seconds / 3600) * (price.per_hour ?? 0), price.currency);
  return (
    <Stat
      label={left === null ? t("Cost") : t("Cost so far")}
      value={cost(busy)}
      exact={t("{{time}} at {{price}} an hour", {
        time: formatDuration(busy),
        price: formatMoney(price.per_hour, price.currency),
      })}
      compare={
        left === null
          ? t("for {{time}}", { time: formatDuration(busy) })
          : t("about {{all}} in all", { all: cost(busy + left) })
      }
    />
  );
}

function Rate({ view }: StatsProps) {
  const { t } = useTranslation();
  const curve = view.curves.get("train/learning_rate");
  const rate = view.latest.get("train/learning_rate")?.value;
  const peak = curve ? Math.max(...curve.y) : Number.NaN;
  const changed = view.events.findLast(
    (event) =>
      event.type === "command" &&
      event.command === "set" &&
      event.accepted &&
      (event.arguments as { key?: string } | undefined)?.key === "optimizer.learning_rate",
  );
  return (
    <Stat
      label={t("Learning rate")}
      value={rate === undefined ? NONE : formatRate(rate)}
      {...(rate === undefined ? {} : { exact: String(rate) })}
      compare={
        changed
          ? t("changed at step {{step}}", { step: formatCount(Number(changed.step)) })
          : Number.isFinite(peak)
            ? t("highest {{rate}}", { rate: formatRate(peak) })
            : t("by its schedule")
      }
    />
  );
}
