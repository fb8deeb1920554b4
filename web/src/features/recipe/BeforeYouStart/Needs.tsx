import type { ReactNode } from "react";
import type { Estimate } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatShort,
  NONE,
} from "../../../ui/format.ts";
import { KeyValue } from "../../../ui/KeyValue/KeyValue.tsx";

const money = (amount: number, currency: string) =>
  new Intl.NumberFormat("en", { style: "currency", currency: currency || "EUR" }).format(amount);

function Figure({ main, rest }: { main: string; rest?: ReactNode }) {
  return (
    <>
      <b className="font-semibold">{main}</b> {rest && <span className="text-muted">{rest}</span>}
    </>
  );
}

/** Time, steps, tokens, disk and cost, each with what it is made of on hover. */
export function Needs({ estimate }: { estimate: Estimate }) {
  const { t } = useTranslation();
  const unknown = (why: string) => ({ value: <span className="text-muted">{why}</span> });
  const { seconds, low_seconds: low, high_seconds: high, steps, tokens, rows, cost } = estimate;
  const time =
    seconds === null
      ? unknown(t("known once the data is chosen"))
      : {
          value: (
            <Figure
              main={formatDuration(seconds)}
              rest={t("{{low}} to {{high}}", {
                low: formatDuration(low ?? seconds),
                high: formatDuration(high ?? seconds),
              })}
            />
          ),
          exact: t("6 × {{parameters}} parameters × {{tokens}} tokens ÷ the pace of this machine", {
            parameters: formatShort(estimate.parameters),
            tokens: tokens === null ? NONE : formatShort(tokens),
          }),
        };
  const { parameters, trained_parameters: trained } = estimate;
  const all = [
    {
      label: t("Trained"),
      value: (
        <Figure
          main={formatShort(trained)}
          rest={t("of {{all}} parameters, {{share}}", {
            all: formatShort(parameters),
            share: formatPercent(trained / parameters, trained < 0.1 * parameters ? 2 : 0),
          })}
        />
      ),
      exact: t("{{trained}} of {{all}} parameters receive gradients", {
        trained: formatCount(trained),
        all: formatCount(parameters),
      }),
    },
    { label: t("Time"), ...time },
    {
      label: t("Steps"),
      value: (
        <Figure
          main={steps === null ? NONE : formatCount(steps)}
          rest={rows !== null && t("{{rows}} rows", { rows: formatCount(rows) })}
        />
      ),
      exact: t("rows and their length ÷ tokens of a step, times the passes"),
    },
    {
      label: t("Tokens"),
      value: (
        <Figure
          main={tokens === null ? NONE : formatShort(tokens)}
          rest={t("{{each}} a step", { each: formatCount(estimate.tokens_per_step) })}
        />
      ),
      exact: t("{{steps}} steps × {{each}} tokens", {
        steps: steps === null ? NONE : formatCount(steps),
        each: formatCount(estimate.tokens_per_step),
      }),
    },
    {
      label: t("Disk"),
      value: (
        <Figure
          main={formatBytes(estimate.disk_bytes)}
          rest={t("of {{total}} free", { total: formatBytes(estimate.free_disk_bytes) })}
        />
      ),
      exact: t("weights and optimizer of every checkpoint that is kept"),
    },
  ];
  const priced =
    cost === null
      ? []
      : [
          {
            label: t("Cost"),
            value: (
              <Figure
                main={
                  cost < 0.01
                    ? t("less than {{amount}}", { amount: money(0.01, estimate.currency) })
                    : money(cost, estimate.currency)
                }
              />
            ),
            exact: t("time × the price of an hour, as set under Compute"),
          },
        ];
  return (
    <div className="mt-3">
      <KeyValue name={t("What it needs")} rows={[...all, ...priced]} />
    </div>
  );
}
