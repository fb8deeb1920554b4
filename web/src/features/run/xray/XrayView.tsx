import { useState } from "react";
import { BarList } from "../../../charts/BarList/BarList.tsx";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Switch } from "../../../ui/Switch/Switch.tsx";
import { TokenLegend } from "../../../ui/TokenText/TokenText.tsx";
import { LossText } from "./LossText.tsx";
import { XrayRows } from "./XrayRows.tsx";
import { type OnLeaveOut, savedBefore, type Xray } from "./xrays.ts";

export interface XrayViewProps {
  xray: Xray;
  /** Name of the dataset that the rows belong to. */
  dataset: string;
  /** Steps of the run's checkpoints. */
  checkpoints: readonly number[];
  /** Begins a new recipe without these rows. */
  onLeaveOut: OnLeaveOut;
}

/** Where the loss of a step came from: its rows, the tokens of the worst, and the gradient by layer. */
export default function XrayView({ xray, dataset, checkpoints, onLeaveOut }: XrayViewProps) {
  const { t } = useTranslation();
  const { ofStep, step, loss, numRows, layers } = xray;
  const wordsOf = useWords();
  return (
    <div className="@container">
      <p className="mb-3 text-muted">
        {t("Loss {{loss}} over {{count}} rows of step {{of}}, as the model of step {{step}} tells it.", {
          loss: wordsOf(loss),
          count: numRows,
          of: formatCount(ofStep),
          step: formatCount(step),
          defaultValue_one:
            "Loss {{loss}} over one row of step {{of}}, as the model of step {{step}} tells it.",
        })}
      </p>
      <div className="grid gap-x-8 gap-y-6 @3xl:grid-cols-2">
        <XrayRows
          key={`${ofStep}-${step}`}
          rows={xray.rows}
          total={numRows}
          dataset={dataset}
          before={savedBefore(checkpoints, ofStep)}
          onLeaveOut={onLeaveOut}
        />
        <section className="min-w-0">
          <h3 className="mb-1 font-semibold">{t("Gradient norm by layer")}</h3>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls; this scrolls */}
          <div
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            role="group"
            aria-label={t("Gradient norm by layer")}
            className="max-h-80 overflow-y-auto"
          >
            <BarList
              title={t("Gradient norm by layer")}
              items={layers.map(({ name, norm }) => ({
                id: name,
                label: name,
                value: Number.isFinite(norm) ? norm : 0,
                words: wordsOf(norm),
              }))}
              most={200}
            />
          </div>
        </section>
      </div>
      <Texts key={`texts-${ofStep}-${step}`} texts={xray.texts} />
    </div>
  );
}

/** A number, or that it is none. */
function useWords() {
  const { t } = useTranslation();
  return (value: number) => (Number.isFinite(value) ? formatValue(value, 3) : t("no number"));
}

function Texts({ texts }: Pick<Xray, "texts">) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const [numbers, setNumbers] = useState(false);
  if (texts.length === 0) return null;
  return (
    <section className="mt-6 grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h3 className="font-semibold">{t("Tokens of the worst rows")}</h3>
        <Switch label={t("Write the loss behind each token")} value={numbers} onChange={setNumbers} />
      </div>
      <p className="text-caption text-muted">
        <TokenLegend mode="loss" />
      </p>
      {texts.map(({ row, loss, tokens }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: both answers of a pair have the row's number
        <article key={place} className="min-w-0 border-t border-line pt-3">
          <h4 className="mb-1 text-caption text-muted tabular-nums">
            {t("Row {{row}}, loss {{loss}}", { row: formatCount(row), loss: wordsOf(loss) })}
          </h4>
          <LossText row={row} tokens={tokens} numbers={numbers} />
        </article>
      ))}
    </section>
  );
}
