import { useQuery } from "@tanstack/react-query";
import { ListPlus } from "lucide-react";
import { validationQuery } from "../../../../data/looking/inspection.ts";
import { humaniseOption } from "../../../../forms/model/words.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import type { StepDraft, StepKind } from "./drafts.ts";
import { AddStep } from "./StepList.tsx";
import { draftsOf, type Suggestion, suggestedOf, usualOf } from "./suggested.ts";

export interface SuggestedProps {
  reference: string;
  kinds: readonly StepKind[];
  /** The whole list with the suggested steps in it. */
  onTake: (steps: StepDraft[]) => void;
  /** One step of this kind. */
  onAdd: (kind: string) => void;
}

/** What an empty list begins with: what the health report speaks for, else the usual steps; taken by one press, tried at once on a sample. */
export function Suggested({ reference, kinds, onTake, onAdd }: SuggestedProps) {
  const { t } = useTranslation();
  // The same question as the health page asks first: the answer is often here already.
  const query = useQuery(validationQuery(reference, { tokenizer: "", context: 1024, near: false }));
  const isKnown = query.data?.known === true;
  const known = new Set(kinds.map(({ kind }) => kind));
  const found = suggestedOf(query.data?.findings ?? []).filter(({ kind }) => known.has(kind));
  const usual = usualOf(kinds);
  const offered = found.length > 0 ? found : isKnown ? [] : usual;
  const words =
    found.length > 0
      ? t("The health report speaks for these. Nothing is changed until you make a version.")
      : isKnown
        ? t("The health report found nothing that a step would mend. Add one for another reason.")
        : t("Each step takes what the one before left. Nothing is changed until you make a version.");
  if (query.isLoading || kinds.length === 0)
    return <EmptyState title={t("No steps yet")} text={t("Looking at what the health report says")} />;
  return (
    <EmptyState
      title={t("No steps yet")}
      text={words}
      action={
        <>
          {found.length > 0 && <Reasons suggestions={found} />}
          <span className="mt-1 flex flex-wrap gap-2">
            {offered.length > 0 && (
              <Button size="small" look="primary" icon={ListPlus} onPress={() => onTake(draftsOf(offered))}>
                {found.length > 0
                  ? t("Add these {{count}} steps", { count: found.length, defaultValue_one: "Add this step" })
                  : t("Add the usual steps")}
              </Button>
            )}
            <AddStep kinds={kinds} onAdd={onAdd} look={offered.length > 0 ? "secondary" : "primary"} />
          </span>
          {found.length === 0 && offered.length > 0 && (
            <p className="text-caption text-muted">
              {offered.map(({ kind }) => t(humaniseOption(kind))).join(", ")}
            </p>
          )}
        </>
      }
    />
  );
}

/** Each step with the findings behind it. */
function Reasons({ suggestions }: { suggestions: readonly Suggestion[] }) {
  const { t } = useTranslation();
  return (
    <ol aria-label={t("Suggested steps")} className="my-1 grid w-full gap-1.5">
      {suggestions.map(({ kind, reasons }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two steps of one kind differ by their settings alone
        <li key={at} className="grid grid-cols-[1.25rem_1fr]">
          <span aria-hidden="true" className="text-muted tabular-nums">
            {at + 1}
          </span>
          <span>
            <span className="font-medium">{t(humaniseOption(kind))}</span>
            <span className="block text-caption text-muted">
              {reasons
                .map(({ title, count }) => t("{{title}}: {{count}}", { title, count: formatCount(count) }))
                .join(" · ")}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
