import { Redo2, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Change, Entry } from "../../../forms/model/entries.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { LEVELS, type Level } from "../../../forms/model/sections.ts";
import { getAt } from "../../../forms/model/values.ts";
import type { History } from "../../../forms/useHistory.ts";
import { Trans, useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { ChangeList } from "../ChangeList/ChangeList.tsx";
import type { Origin } from "../pure/drafts.ts";
import { isPlaceholder } from "../pure/places.ts";

export interface EditorHeaderProps {
  title: string;
  spec: Values;
  /** Where it began: said where that is a checkpoint to go on from. */
  fork: Origin;
  /** What the model that it starts from is called. */
  modelName?: string | undefined;
  history: Pick<History<Values>, "undo" | "redo" | "canUndo" | "canRedo">;
  changes: readonly Change[];
  /** The recipe stands in this browser's storage. */
  isSaved: boolean;
  level: Level;
  onLevel: (level: Level) => void;
  onFocus: (name: string) => void;
  onReset: (entry: Entry) => void;
  onResetAll: () => void;
}

/** What is trained on what, how much differs from the preset, undo, and how much is shown. */
export function EditorHeader(props: EditorHeaderProps) {
  const { title, spec, history, changes, isSaved, level } = props;
  const { t } = useTranslation();
  const levels = { beginner: t("Beginner"), advanced: t("Advanced"), expert: t("Expert") };
  const sub: ReactNode[] = [<About key="about" spec={spec} modelName={props.modelName} />];
  if (props.fork.step !== undefined)
    sub.push(<Fork key="fork" run={props.fork.name} step={props.fork.step} />);
  if (changes.length > 0) sub.push(<Changes key="changes" {...props} />);
  if (isSaved) sub.push(t("saved as draft"));
  return (
    <PageHeader
      title={title}
      sub={sub}
      actions={
        <>
          <Button
            icon={Undo2}
            iconOnly
            isDisabled={!history.canUndo}
            why={t("nothing was changed")}
            onPress={history.undo}
          >
            {t("Undo")}
          </Button>
          <Button
            icon={Redo2}
            iconOnly
            isDisabled={!history.canRedo}
            why={t("nothing was undone")}
            onPress={history.redo}
          >
            {t("Redo")}
          </Button>
          <Segmented<Level>
            label={t("How much to show")}
            options={LEVELS.map((id) => ({ id, label: levels[id] }))}
            value={level}
            onChange={props.onLevel}
          />
        </>
      }
    />
  );
}

function Fork({ run, step }: { run: string; step: number }) {
  const count = formatCount(step);
  return (
    <Trans
      i18nKey="a fork: goes on from step {{count}} of <1>its run</1>, with its optimizer and its place in the data"
      values={{ count }}
    >
      a fork: goes on from step {count} of{" "}
      <Link look="inline" href={`/runs/${run}`}>
        its run
      </Link>
      , with its optimizer and its place in the data
    </Trans>
  );
}

function About({ spec, modelName }: Pick<EditorHeaderProps, "spec" | "modelName">) {
  const { t } = useTranslation();
  const dataset = getAt(spec, ["data", "dataset"]);
  const source = getAt(spec, ["model", "source"]);
  const tasks: Record<string, string> = { pretrain: t("Pretrain"), finetune: t("Fine-tune") };
  const verb = tasks[String(spec.task)] ?? String(spec.task);
  return (
    <>
      {verb}
      {typeof source === "string" && !isPlaceholder(source) && (
        <>
          {" "}
          <ModelLink source={source} name={modelName ?? source} />
        </>
      )}
      {typeof dataset === "string" && dataset !== "" && !isPlaceholder(dataset) && (
        <>
          {` ${t("on")} `}
          <Link href={`/data/${encodeURIComponent(dataset)}`}>{dataset}</Link>
        </>
      )}
    </>
  );
}

function ModelLink({ source, name }: { source: string; name: string }) {
  const run = /^([0-9a-z]{12,})@\d+$/.exec(source)?.[1];
  return run ? <Link href={`/runs/${run}`}>{name}</Link> : <span>{name}</span>;
}

function Changes({ changes, onFocus, onReset, onResetAll }: EditorHeaderProps) {
  const { t } = useTranslation();
  return (
    <Popover
      label={t("Changes from preset")}
      className="w-80"
      trigger={
        <Button look="ghost" size="small" className="-mx-2 -my-0.5 text-accent">
          {t("{{count}} changes from preset", {
            count: changes.length,
            defaultValue_one: "{{count}} change from preset",
          })}
        </Button>
      }
    >
      {(close) => (
        <ChangeList
          changes={changes}
          onFocus={(name) => {
            close();
            onFocus(name);
          }}
          onReset={onReset}
          onResetAll={() => {
            close();
            onResetAll();
          }}
        />
      )}
    </Popover>
  );
}
