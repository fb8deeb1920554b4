import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { StepReport } from "../../../../data/datasets.ts";
import { humaniseOption } from "../../../../forms/model/words.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { Menu } from "../../../../ui/Menu/Menu.tsx";
import { SortList } from "../../../../ui/SortList/SortList.tsx";
import { type Group, inOrder, newStep, type StepDraft, type StepKind, summaryOf } from "./drafts.ts";

export interface StepListProps {
  steps: readonly StepDraft[];
  kinds: readonly StepKind[];
  /** What each did to the sample, in the same order; empty until it is known. */
  reports: readonly StepReport[];
  /** Places of steps whose settings are wrong. */
  wrong: ReadonlySet<number>;
  chosen: string | null;
  onChoose: (id: string) => void;
  onChange: (steps: StepDraft[]) => void;
  /** What stands there while there is no step; else a button that adds one. */
  empty?: ReactNode;
}

/** What can be added, in groups, with one line each. */
export function AddStep({
  kinds,
  onAdd,
  look = "secondary",
}: {
  kinds: readonly StepKind[];
  onAdd: (kind: string) => void;
  look?: "primary" | "secondary";
}) {
  const { t } = useTranslation();
  const titles: Record<Group, string> = {
    texts: t("Change texts"),
    rows: t("Drop rows"),
    splits: t("Splits"),
    new: t("New rows, for training alone"),
    more: t("More"),
  };
  const groups = (Object.keys(titles) as Group[])
    .map((group) => ({
      title: titles[group],
      items: kinds
        .filter((each) => each.group === group)
        .map(({ kind, label, help }) => ({
          id: kind,
          label: t(label),
          description: t(help),
          onAction: () => onAdd(kind),
        })),
    }))
    .filter(({ items }) => items.length > 0);
  return (
    <Menu
      trigger={
        <Button icon={Plus} size="small" look={look}>
          {t("Add a step")}
        </Button>
      }
      items={groups}
      placement="bottom start"
    />
  );
}

function Effect({ report, sampled }: { report: StepReport; sampled: number }) {
  const { t } = useTranslation();
  const words = [
    report.changed > 0 && t("{{count}} changed", { count: report.changed }),
    report.moved > 0 && t("{{count}} moved", { count: report.moved }),
    report.added > 0 && t("{{count}} added", { count: report.added }),
    report.dropped > 0 && t("{{count}} dropped", { count: report.dropped }),
  ].filter(Boolean);
  const share = sampled > 0 ? Math.min(1, report.rows_out / sampled) : 0;
  return (
    <>
      <span aria-hidden="true" className="mt-1.5 block h-1.5 rounded-mark bg-sunken">
        <i className="block h-full rounded-mark bg-accent-line" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="flex justify-between gap-2 text-caption text-muted tabular-nums">
        <span>{words.join(", ") || t("Nothing to do")}</span>
        <span>{t("{{rows}} left", { rows: formatCount(report.rows_out) })}</span>
      </span>
    </>
  );
}

/** The steps in their order, each with what it leaves: a funnel from top to bottom. */
export function StepList(props: StepListProps) {
  const { steps, kinds, reports, wrong, chosen, onChoose, onChange } = props;
  const { t } = useTranslation();
  const add = (kind: string) => {
    const step = newStep(kind, steps);
    onChange([...steps, step]);
    onChoose(step.id);
  };
  const sampled = reports[0]?.rows_in ?? 0;
  return (
    <SortList
      label={t("Steps")}
      items={steps.map((step, at) => {
        const report = reports[at]?.kind === step.kind ? reports[at] : undefined;
        const label = t(humaniseOption(step.kind));
        return {
          id: step.id,
          name: t("{{number}} {{label}}", { number: at + 1, label }),
          content: (
            <span className="block pt-1">
              <span className="flex flex-wrap items-baseline gap-x-2">
                <span className="text-muted tabular-nums">{at + 1}</span>
                <span className="font-medium">{label}</span>
                <span className="min-w-0 text-caption wrap-anywhere text-muted">{summaryOf(step)}</span>
              </span>
              {wrong.has(at) ? (
                <span className="block text-caption text-danger">{t("A setting is not right.")}</span>
              ) : (
                report && <Effect report={report} sampled={sampled} />
              )}
            </span>
          ),
        };
      })}
      chosen={chosen}
      onChoose={onChoose}
      onOrder={(ids) => onChange(inOrder(steps, ids))}
      onRemove={(id) => onChange(steps.filter((step) => step.id !== id))}
      empty={
        props.empty ?? (
          <EmptyState
            title={t("No steps yet")}
            text={t("Each step takes what the one before left. Nothing is changed until you make a version.")}
            action={<AddStep kinds={kinds} onAdd={add} look="primary" />}
          />
        )
      }
    />
  );
}
