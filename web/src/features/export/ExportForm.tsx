import { PackageOpen } from "lucide-react";
import { useState } from "react";
import { ApiError, type Problem } from "../../data/client.ts";
import { type Model, modelOptions } from "../../data/models.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { ComboBox } from "../../ui/ComboBox/ComboBox.tsx";
import { Disclosure } from "../../ui/Disclosure/Disclosure.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { NumberField } from "../../ui/NumberField/NumberField.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { Select } from "../../ui/Select/Select.tsx";
import { Switch } from "../../ui/Switch/Switch.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";

export interface ExportFormProps {
  models: readonly Model[];
  isLoading: boolean;
  /** Reference of the chosen model. */
  model: string;
  onModel: (model: string | undefined) => void;
  /** Starts the export; a refusal is shown here. */
  onStart: (spec: Record<string, unknown>) => Promise<void>;
}

const TOLERANCE = 1e-3;

/** What is written, and how exact it must be. */
export function ExportForm({ models, isLoading, model, onModel, onStart }: ExportFormProps) {
  const { t } = useTranslation();
  const [isMerged, setMerged] = useState(true);
  const [name, setName] = useState("");
  const [out, setOut] = useState("");
  const [tolerance, setTolerance] = useState<number | null>(TOLERANCE);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isStarting, setStarting] = useState(false);
  const isWrong = tolerance !== null && tolerance <= 0;
  const start = async () => {
    setStarting(true);
    setProblem(null);
    try {
      await onStart({
        model: { kind: "pretrained", source: model },
        format: "hf",
        merge_adapter: isMerged,
        max_logit_difference: tolerance ?? TOLERANCE,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(out.trim() ? { out: out.trim() } : {}),
      });
    } catch (error) {
      setProblem(error instanceof ApiError ? error.problem : ({ detail: String(error) } as Problem));
    }
    setStarting(false);
  };
  return (
    <Panel title={t("Export a model")}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (model && !isWrong) void start();
        }}
      >
        <ComboBox
          label={t("Model")}
          help={t("A run's newest checkpoint, one step of it, or a registered name.")}
          options={modelOptions(models, model, (each) =>
            each.step == null
              ? each.name
              : t("{{name}}, step {{step}}", { name: each.name, step: each.step }),
          )}
          value={model || null}
          onChange={(next) => onModel(next ?? undefined)}
          isLoading={isLoading}
          allowsCustomValue
        />
        <Select
          label={t("Format")}
          help={t("Opens in transformers and every tool that reads its folders.")}
          options={[{ id: "hf", label: t("Hugging Face folder (safetensors)") }]}
          value="hf"
          onChange={() => undefined}
        />
        <Switch
          label={t("Merge the adapter into the weights")}
          help={t("Only matters for LoRA. Off writes the small adapter alone, to be put on its base.")}
          value={isMerged}
          onChange={setMerged}
        />
        <Disclosure title={t("More")} className="-mx-4">
          <div className="grid gap-4">
            <TextField
              label={t("Name")}
              help={t("Empty: it is named after the model.")}
              value={name}
              onChange={setName}
            />
            <TextField
              label={t("Folder")}
              help={t("On the machine of the server. Empty: one of its own in the workspace.")}
              mono
              value={out}
              onChange={setOut}
            />
            <NumberField
              label={t("Largest difference of logits")}
              help={t("That still counts as the same model; 0.001 is usual.")}
              value={tolerance}
              onChange={setTolerance}
              minimum={1e-12}
              maximum={1e6}
              scale="log"
              emptyMeans="0.001"
            />
          </div>
        </Disclosure>
        {problem && (
          <ErrorState
            what={problem.detail}
            {...(problem.hint ? { todo: problem.hint } : {})}
            report={JSON.stringify(problem)}
          />
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            look="primary"
            icon={PackageOpen}
            isDisabled={!model || isWrong}
            isPending={isStarting}
          >
            {isStarting ? t("Starting…") : t("Export and verify")}
          </Button>
          {!model && <span className="text-caption text-muted">{t("Choose a model.")}</span>}
        </div>
      </form>
    </Panel>
  );
}
