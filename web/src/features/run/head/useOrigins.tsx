import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { datasetQuery } from "../../../data/datasets.ts";
import type { LiveRun } from "../../../data/live/stream.ts";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import type { Run } from "../../../data/runs.ts";
import { Trans, useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatPercent, formatShort } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import { valueAt } from "../facts/journal.ts";
import type { Method } from "../facts/method.ts";

const DATASET_ID = /^[0-9a-f]{16}$/;

/** One muted line: what the run was made of, each a link. */
export function useOrigins(
  run: Run,
  spec: Record<string, unknown>,
  others: readonly LiveRun[],
  method: Method | null = null,
): ReactNode[] {
  const { t } = useTranslation();
  const reference = text(valueAt(spec, "data.dataset")) || text(valueAt(spec, "dataset"));
  const named = useQuery({ ...datasetQuery(reference), enabled: DATASET_ID.test(reference) });
  const dataset = named.data?.name ?? reference;
  const model = text(valueAt(spec, "model.source"));
  const line: ReactNode[] = [useTaskWord(run.task)];
  if (dataset) {
    line.push(
      <Trans i18nKey="data <1>{{dataset}}</1>" values={{ dataset }}>
        data{" "}
        <Link look="inline" href={`/data/${encodeURIComponent(reference)}`}>
          {dataset}
        </Link>
      </Trans>,
    );
  }
  if (model) line.push(<ModelLink model={model} others={others} />);
  const share = useShare(method);
  if (share) line.push(share);
  if (TRAINING_TASKS.has(run.task))
    line.push(<Link href={`/recipes/edit?from=${run.id}`}>{t("its recipe")}</Link>);
  if (run.parent) {
    const name = nameOf(run.parent, others);
    line.push(
      <Trans i18nKey="goes on from <1>{{name}}</1>" values={{ name }}>
        goes on from{" "}
        <Link look="inline" href={`/runs/${run.parent}`}>
          {name}
        </Link>
      </Trans>,
    );
  }
  line.push(<Time at={run.created} />);
  if (run.archived) line.push(<Tag>{t("archived")}</Tag>);
  return line;
}

/** “LoRA: 118k of 787k parameters, 15.03 %”, exact on hover. */
function useShare(method: Method | null): ReactNode {
  const { t } = useTranslation();
  if (!method) return null;
  const { name, trained, all } = method;
  const exact = t("{{trained}} of {{all}} parameters receive gradients", {
    trained: formatCount(trained),
    all: formatCount(all),
  });
  const words = name
    ? t("{{method}}: {{trained}} of {{all}} parameters, {{share}}", {
        method: t(name),
        trained: formatShort(trained),
        all: formatShort(all),
        share: formatPercent(trained / all, trained < 0.1 * all ? 2 : 0),
      })
    : t("{{all}} parameters, all trained", { all: formatShort(all) });
  return <span title={exact}>{words}</span>;
}

function ModelLink({ model, others }: { model: string; others: readonly LiveRun[] }) {
  const [id = "", step] = model.split("@");
  const run = others.find((each) => each.id === id || each.name === id);
  const name = `${nameOf(id, others)}${step ? ` @ ${step}` : ""}`;
  return (
    <Trans i18nKey="model <1>{{name}}</1>" values={{ name }}>
      model{" "}
      {run ? (
        <Link look="inline" href={`/runs/${run.id}`}>
          {name}
        </Link>
      ) : (
        <span>{name}</span>
      )}
    </Trans>
  );
}

function nameOf(id: string, others: readonly LiveRun[]): string {
  return others.find((each) => each.id === id)?.name ?? id;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The kind of work, in words. */
export function useTaskWord(task: string): string {
  const { t } = useTranslation();
  const words: Record<string, string> = {
    pretrain: t("Pretraining"),
    finetune: t("Fine-tune"),
    import: t("Import"),
    tokenizer: t("Tokenizer"),
    evaluate: t("Evaluation"),
    export: t("Export"),
    generate: t("Generation"),
    log: t("Script"),
  };
  return words[task] ?? task;
}
