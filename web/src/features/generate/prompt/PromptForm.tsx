import { Columns2, PenLine, X } from "lucide-react";
import { type Model, modelOptions } from "../../../data/models.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { Kbd } from "../../../ui/Kbd/Kbd.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";
import type { Draft } from "../answer/stored.ts";

export interface PromptFormProps {
  models: readonly Model[];
  isLoading: boolean;
  /** Reference of the model that writes. */
  model: string;
  /** Reference of the second; empty: one alone. */
  other: string;
  draft: Pick<Draft, "prompt" | "raw">;
  /** What is missing. */
  why: string;
  isBusy: boolean;
  onModels: (changes: { model?: string | undefined; other?: string | undefined }) => void;
  onDraft: (change: Partial<Draft>) => void;
  onWrite: () => void;
}

/** Which model, and what it is asked. */
export function PromptForm(props: PromptFormProps) {
  const { models, isLoading, model, other, draft, why, isBusy, onModels, onDraft, onWrite } = props;
  const { t } = useTranslation();
  const nameOf = (each: Model) =>
    each.step == null ? each.name : t("{{name}}, step {{step}}", { name: each.name, step: each.step });
  const second = models.find((each) => each.reference !== model)?.reference;
  const picker = (label: string, value: string, change: (value: string | undefined) => void) => (
    <ComboBox
      label={label}
      options={modelOptions(models, value, nameOf)}
      value={value || null}
      onChange={(next) => change(next ?? undefined)}
      isLoading={isLoading}
      allowsCustomValue
      placeholder={t("A run, RUN@STEP, a folder")}
    />
  );
  return (
    <Panel
      footer={
        !isLoading && models.length === 0 ? (
          <>
            {t("This workspace has no model yet.")} <Link href="/recipes">{t("Train one")}</Link>
          </>
        ) : undefined
      }
    >
      <div className="grid gap-4">
        <div className="flex items-end gap-3 max-sm:flex-col max-sm:items-stretch">
          <div className="min-w-0 flex-1">
            {picker(t("Model"), model, (value) => onModels({ model: value }))}
          </div>
          {other ? (
            <>
              <div className="min-w-0 flex-1">
                {picker(t("Second model"), other, (value) => onModels({ other: value }))}
              </div>
              <Button icon={X} iconOnly onPress={() => onModels({ other: undefined })}>
                {t("One model alone")}
              </Button>
            </>
          ) : (
            <Button
              icon={Columns2}
              isDisabled={!model}
              why={t("Choose a first model.")}
              onPress={() => onModels({ other: second ?? model, model })}
            >
              {t("Compare with")}
            </Button>
          )}
        </div>
        <div>
          <Segmented
            label={t("How the prompt is read")}
            options={[
              { id: "message", label: t("Message") },
              { id: "raw", label: t("Continue text") },
            ]}
            value={draft.raw ? "raw" : "message"}
            onChange={(value) => onDraft({ raw: value === "raw" })}
          />
          <p className="mt-1 text-caption text-muted">
            {draft.raw
              ? t("The text is taken as it stands and continued.")
              : t("The model's own chat template is put around it; a model without one continues it.")}
          </p>
        </div>
        <TextArea
          label={draft.raw ? t("Text to continue") : t("Message")}
          rows={4}
          mono={draft.raw}
          value={draft.prompt}
          onChange={(prompt) => onDraft({ prompt })}
          onSubmit={onWrite}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button look="primary" icon={PenLine} isDisabled={why !== ""} isPending={isBusy} onPress={onWrite}>
            {isBusy ? t("Writing…") : t("Write")}
          </Button>
          {why ? <span className="text-caption text-muted">{why}</span> : <Kbd keys="Ctrl Enter" />}
        </div>
      </div>
    </Panel>
  );
}
