import { useQuery } from "@tanstack/react-query";
import { ClipboardCopy, Redo2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { DatasetDetail } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { schemaQuery } from "../../../data/recipes.ts";
import type { RootSchema, Values } from "../../../forms/model/schema.ts";
import { humaniseOption } from "../../../forms/model/words.ts";
import { SchemaForm } from "../../../forms/SchemaForm/SchemaForm.tsx";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Menu } from "../../../ui/Menu/Menu.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Changes } from "./Changes.tsx";
import { MakeVersion } from "./MakeVersion.tsx";
import { QualityPanel } from "./QualityPanel.tsx";
import { catalogueOf, commandOf, newStep, problemsAt, type StepDraft, yamlOf } from "./steps/drafts.ts";
import { AddStep, StepList } from "./steps/StepList.tsx";
import { Suggested } from "./steps/Suggested.tsx";
import { type Effects, useEffects, useSteps } from "./useSteps.ts";

export interface CleanTabProps {
  dataset: DatasetDetail;
  reference: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

const EMPTY_SCHEMA: RootSchema = { $defs: {} };

function CopyAs({
  reference,
  steps,
  into,
}: {
  reference: string;
  steps: readonly StepDraft[];
  into: string;
}) {
  const { t } = useTranslation();
  const copy = (text: string) => void navigator.clipboard.writeText(text);
  return (
    <Menu
      trigger={
        <Button
          size="small"
          look="ghost"
          icon={ClipboardCopy}
          isDisabled={steps.length === 0}
          why={t("Add a step first.")}
        >
          {t("Copy as")}
        </Button>
      }
      items={[
        { id: "cli", label: t("Command line"), onAction: () => copy(commandOf(reference, steps, into)) },
        { id: "yaml", label: "YAML", onAction: () => copy(yamlOf(reference, steps, into)) },
      ]}
    />
  );
}

function Preview({ effects, isEmpty }: { effects: Effects; isEmpty: boolean }) {
  const { t } = useTranslation();
  const { preview, error, problems, retry, isOld } = effects;
  const isWrong = error !== null && problems.length === 0;
  const status = isEmpty ? "empty" : isWrong ? "error" : preview ? "ready" : "loading";
  return (
    <Panel
      title={t("What they do")}
      count={preview && !isEmpty ? t("on {{rows}} rows", { rows: formatCount(preview.sampled) }) : undefined}
      status={status}
      empty={
        <EmptyState
          title={t("Before and after")}
          text={t("Add a step, and rows that it changes or drops stand here at once.")}
        />
      }
      error={<ErrorState {...tellError(error)} onRetry={retry} />}
      loading={<LoadingState text={t("Trying the steps on a sample")} height={240} />}
    >
      {preview && <Changes preview={preview} isOld={isOld} />}
    </Panel>
  );
}

/** Steps in an order, what they would do to a sample, and a new version made by them. */
export function CleanTab({ dataset, reference, search, onSearch }: CleanTabProps) {
  const { t } = useTranslation();
  const history = useSteps(dataset.id);
  const steps = history.value;
  const [chosenId, setChosen] = useState<string | null>(null);
  const [into, setInto] = useState("");
  const schema = (useQuery(schemaQuery).data as RootSchema | undefined) ?? EMPTY_SCHEMA;
  const kinds = catalogueOf(schema);
  const effects = useEffects(reference, steps);
  const at = steps.findIndex(({ id }) => id === chosenId);
  const chosen = at < 0 ? undefined : steps[at];
  const kind = kinds.find((each) => each.kind === chosen?.kind);
  const wrong = new Set(
    steps.flatMap((_, place) => (problemsAt(effects.problems, place).length > 0 ? [place] : [])),
  );
  const change = (next: StepDraft[], key = "") => history.set(next, key);
  const put = (place: number, settings: Values, key = "") =>
    change(
      steps.map((step, index) => (index === place ? { ...step, settings } : step)),
      key,
    );
  const add = (name: string) => {
    const step = newStep(name, steps);
    change([...steps, step]);
    setChosen(step.id);
  };
  const take = (next: StepDraft[]) => {
    change(next);
    setChosen(next[0]?.id ?? null);
  };
  const quality = steps.findIndex((step) => step.kind === "quality");
  const judged = effects.preview?.steps[quality];
  return (
    <>
      <Cell span={5} full>
        <Panel
          title={t("Steps")}
          flush
          tools={
            <>
              <Button
                look="ghost"
                size="small"
                icon={Undo2}
                iconOnly
                isDisabled={!history.canUndo}
                why={t("nothing was changed")}
                onPress={history.undo}
              >
                {t("Undo")}
              </Button>
              <Button
                look="ghost"
                size="small"
                icon={Redo2}
                iconOnly
                isDisabled={!history.canRedo}
                why={t("nothing was undone")}
                onPress={history.redo}
              >
                {t("Redo")}
              </Button>
              <CopyAs reference={reference} steps={steps} into={into} />
              {steps.length > 0 && <AddStep kinds={kinds} onAdd={add} />}
            </>
          }
        >
          <StepList
            steps={steps}
            kinds={kinds}
            reports={effects.preview?.steps ?? []}
            wrong={wrong}
            chosen={chosen?.id ?? null}
            onChoose={setChosen}
            onChange={change}
            empty={<Suggested reference={reference} kinds={kinds} onTake={take} onAdd={add} />}
          />
        </Panel>
        {chosen && kind && (
          <Panel
            title={t("Settings of {{step}}", { step: t(humaniseOption(chosen.kind)) })}
            count={t(kind.help)}
            flush
          >
            <SchemaForm
              key={chosen.id}
              schema={schema}
              definition={kind.definition}
              value={chosen.settings}
              onChange={(settings, name) => put(at, settings, name && `${chosen.id}.${name}`)}
              errors={problemsAt(effects.problems, at)}
              level="expert"
              restTitle={t("More settings")}
            />
          </Panel>
        )}
        {steps.length > 0 && (
          <MakeVersion
            dataset={dataset}
            reference={reference}
            steps={steps}
            into={into}
            onInto={setInto}
            run={search.refine ?? ""}
            onRun={(refine) => onSearch({ refine })}
            waitsFor={wrong.size > 0 ? t("A setting of a step is not right yet.") : ""}
          />
        )}
        {/* The last part of a cell fills the row: better nothing than an empty panel. */}
        <div />
      </Cell>
      <Cell span={7}>
        {judged?.kind === "quality" && (
          <QualityPanel
            report={judged}
            threshold={Number(steps[quality]?.settings.threshold ?? 0)}
            onThreshold={(threshold) => put(quality, { ...steps[quality]?.settings, threshold }, "threshold")}
          />
        )}
        <Preview effects={effects} isEmpty={steps.length === 0} />
      </Cell>
    </>
  );
}
