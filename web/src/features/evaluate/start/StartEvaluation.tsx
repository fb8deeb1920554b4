import { type FormEvent, useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Checkbox } from "../../../ui/Checkbox/Checkbox.tsx";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import type { MetricKind } from "../facts/metrics.ts";
import { useMetricName } from "../facts/useMetricName.ts";
import type { EvaluationForm } from "./form.ts";

export interface Named {
  id: string;
  label: string;
  description?: string | undefined;
}

export interface StartEvaluationProps {
  form: EvaluationForm;
  onChange: (form: EvaluationForm) => void;
  models: readonly Named[];
  datasets: readonly Named[];
  /** Parts of the chosen dataset, with their rows. */
  splits: Record<string, number>;
  metrics: readonly MetricKind[];
  /** Rows of plain text have no answers: only likelihood can be measured. */
  isText: boolean;
  /** Starts the run. A rejection is shown here; what was chosen stays. */
  onStart: () => Promise<void>;
}

function Metrics({ form, onChange, metrics, isText }: StartEvaluationProps) {
  const { t } = useTranslation();
  const name = useMetricName();
  const toggle = (kind: string, on: boolean) =>
    onChange({
      ...form,
      metrics: metrics
        .map((each) => each.kind)
        .filter((each) => (each === kind ? on : form.metrics.includes(each))),
    });
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">{t("Metrics")}</legend>
      {metrics.map(({ kind, description }) => {
        const isOff = isText && kind !== "language";
        return (
          <Checkbox
            key={kind}
            label={name(kind)}
            help={t(description)}
            value={form.metrics.includes(kind) && !isOff}
            onChange={(on) => toggle(kind, on)}
            isDisabled={isOff}
            waitsFor={isOff ? t("Plain text has no answers to judge.") : undefined}
          />
        );
      })}
    </fieldset>
  );
}

function Sizes({ form, onChange, isText }: StartEvaluationProps) {
  const { t } = useTranslation();
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      <NumberField
        label={t("Most rows")}
        help={t("An evenly spread choice.")}
        value={form.rows}
        onChange={(rows) => onChange({ ...form, rows })}
        minimum={1}
        integer
        emptyMeans={t("all")}
        unit={t("rows")}
      />
      <NumberField
        label={t("Longest answer")}
        help={t("Answers end there.")}
        value={form.tokens}
        onChange={(tokens) => onChange({ ...form, tokens })}
        minimum={1}
        maximum={32768}
        integer
        scale="log"
        unit={t("tokens")}
        isDisabled={isText}
      />
    </div>
  );
}

function useWaitsFor({ form, metrics, isText }: StartEvaluationProps): string {
  const { t } = useTranslation();
  if (!form.model) return t("It waits for a model.");
  if (!form.dataset) return t("It waits for a dataset.");
  const some = metrics.some(({ kind }) => form.metrics.includes(kind) && (!isText || kind === "language"));
  return some ? "" : t("It waits for a metric.");
}

/** Which model, on which rows, measured how. */
export function StartEvaluation(props: StartEvaluationProps) {
  const { form, onChange, models, datasets, splits, onStart } = props;
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const waits = useWaitsFor(props);
  const wrong = (field: string) => (error instanceof ApiError ? error.forField(field) : undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (waits || isBusy) return;
    setIsBusy(true);
    setError(null);
    try {
      await onStart();
    } catch (problem) {
      setError(problem);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <ComboBox
        label={t("Model")}
        help={t("A run, a registered model, a folder, or an id of the hub.")}
        options={models.map(({ id, label, description }) => ({ id, label, description }))}
        value={form.model || null}
        onChange={(model) => onChange({ ...form, model: model ?? "" })}
        allowsCustomValue
        error={wrong("model.source") ?? wrong("model")}
      />
      <div className="grid grid-cols-2 items-start gap-3">
        <Select
          label={t("Dataset")}
          options={datasets.map(({ id, label, description }) => ({ id, label, description }))}
          value={form.dataset || null}
          onChange={(dataset) => onChange({ ...form, dataset })}
          error={wrong("data.dataset")}
        />
        <Select
          label={t("Part")}
          options={Object.entries(splits).map(([id, rows]) => ({
            id,
            label: id,
            description: t("{{count}} rows", { count: rows, defaultValue_one: "{{count}} row" }),
          }))}
          value={form.split || null}
          onChange={(split) => onChange({ ...form, split })}
          error={wrong("data.split")}
        />
      </div>
      <Metrics {...props} />
      <Sizes {...props} />
      {error !== null && <ErrorState {...tellError(error)} />}
      <div className="grid gap-1">
        <Button type="submit" look="primary" className="justify-self-start" isDisabled={waits !== ""}>
          {t("Evaluate")}
        </Button>
        {waits && <p className="text-caption text-muted">{waits}</p>}
      </div>
    </form>
  );
}
