import { ListChecks, Wrench } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { DataFinding, Validation } from "../../../../data/looking/inspection.ts";
import { tellError } from "../../../../data/problem.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../../../ui/Findings/Findings.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { Clusters } from "./Clusters.tsx";
import { Evidence, LEVELS, shareOf } from "./findings.tsx";
import { Verdict } from "./Verdict.tsx";

export interface HealthProps {
  /** The report; null while it comes. */
  validation: Validation | null;
  error?: unknown;
  onRetry?: () => void;
  /** Address of the dataset, without a tab. */
  href: string;
  /** Address of a recipe with the dataset in it. */
  trainHref?: string;
  /** Starts the run that looks at all rows, for data that is too large to wait for. */
  onInspect: () => void;
  /** Starts a run that mends a finding. */
  onFix: (finding: DataFinding) => void;
  /** Findings whose mending was started, with its run. */
  fixes: ReadonlyMap<string, ReactNode>;
  /** The run that is looking. */
  watch?: ReactNode;
}

function useItems({ validation, href, onFix, fixes }: HealthProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setOpen((old) => new Set(old.has(id) ? [...old].filter((each) => each !== id) : [...old, id]));
  return (validation?.findings ?? []).map((finding) => ({
    id: finding.id,
    level: LEVELS[finding.severity],
    title: (
      <>
        {finding.title}{" "}
        <span className="font-normal text-muted tabular-nums">
          {formatCount(finding.count)}, {shareOf(finding)}
        </span>
      </>
    ),
    detail: (
      <>
        <Evidence finding={finding} href={href} whole={open.has(finding.id)} />
        {fixes.get(finding.id)}
      </>
    ),
    actions: (
      <>
        {finding.examples.length > 2 && (
          <Button size="small" look="ghost" onPress={() => toggle(finding.id)}>
            {open.has(finding.id) ? t("Fewer examples") : t("More examples")}
          </Button>
        )}
        {finding.fix.length > 0 && !fixes.has(finding.id) && (
          <Button
            size="small"
            icon={Wrench}
            onPress={() => onFix(finding)}
            aria-label={t("Fix it: {{title}}", { title: finding.title })}
          >
            {t("Fix it")}
          </Button>
        )}
      </>
    ),
  }));
}

function Unknown({ rows, onInspect, watch }: { rows: number } & Pick<HealthProps, "onInspect" | "watch">) {
  const { t } = useTranslation();
  if (watch) return <div className="p-4">{watch}</div>;
  return (
    <EmptyState
      title={t("{{rows}} rows were not looked at yet", { rows: formatCount(rows) })}
      text={t("A run reads all of them; it shows how far it is and can be stopped. Nothing is changed.")}
      action={
        <Button look="primary" icon={ListChecks} onPress={onInspect}>
          {t("Look at all rows")}
        </Button>
      }
    />
  );
}

/** What is wrong with a dataset: the verdict, then each finding with its evidence and its fix. */
export function Health(props: HealthProps) {
  const { validation, error, onRetry, onInspect, watch } = props;
  const { t } = useTranslation();
  const items = useItems(props);
  if (!validation) {
    return (
      <Panel
        title={t("Findings")}
        status={error ? "error" : "loading"}
        error={<ErrorState {...tellError(error)} {...(onRetry ? { onRetry } : {})} />}
        loading={
          <LoadingState
            text={t("Looking at the rows")}
            progress={t("letters, copies, leakage, contradictions, columns")}
            height={240}
          />
        }
      />
    );
  }
  if (!validation.known) {
    return (
      <Panel title={t("Findings")}>
        <Unknown rows={validation.rows} onInspect={onInspect} watch={watch} />
      </Panel>
    );
  }
  return (
    <>
      <Verdict verdict={validation.verdict} {...(props.trainHref ? { trainHref: props.trainHref } : {})} />
      <Panel
        title={t("Findings")}
        count={items.length > 0 ? formatCount(items.length) : undefined}
        flush
        status={items.length === 0 ? "empty" : "ready"}
        empty={
          <EmptyState
            title={t("Nothing was found")}
            text={t("Every check passed on all {{rows}} rows.", { rows: formatCount(validation.rows) })}
          />
        }
        footer={validation.skipped.map(({ id, reason }) => <span key={id}>{reason}</span>)}
      >
        <Findings items={items} label={t("Findings of the validation")} />
      </Panel>
      {watch}
      {validation.clusters.length > 0 && <Clusters clusters={validation.clusters} href={props.href} />}
    </>
  );
}
