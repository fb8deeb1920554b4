import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { type AnswerFilter, countChanges, filterPairs, type Pair, verdictOf } from "../facts/answers.ts";
import { useMetricName } from "../facts/useMetricName.ts";
import { AnswerCard } from "./AnswerCard.tsx";

export interface AnswerListProps {
  pairs: readonly Pair[];
  /** The score that says right or wrong. */
  judge: string | null;
  /** Scores to sort by. */
  scores: readonly string[];
  filter: AnswerFilter;
  /** Text as it is typed; the filter follows. */
  text: string;
  onText: (text: string) => void;
  onFilter: (changes: Partial<AnswerFilter>) => void;
  /** How many are shown. */
  shown: number;
  onMore: () => void;
  /** Names of the two, when compared. */
  names?: { now: string; before: string } | undefined;
}

function Verdicts({ pairs, judge, filter, onFilter }: AnswerListProps) {
  const { t } = useTranslation();
  if (judge === null) return null;
  const count = (verdict: string) =>
    formatCount(pairs.filter(({ now }) => verdictOf(now, judge) === verdict).length);
  return (
    <Segmented
      label={t("Right or wrong")}
      size="small"
      options={[
        { id: "", label: t("All") },
        { id: "right", label: t("Right {{number}}", { number: count("right") }) },
        { id: "wrong", label: t("Wrong {{number}}", { number: count("wrong") }) },
      ]}
      value={filter.verdict}
      onChange={(verdict) => onFilter({ verdict })}
    />
  );
}

function Changes({ pairs, filter, onFilter }: AnswerListProps) {
  const { t } = useTranslation();
  const counts = countChanges(pairs);
  return (
    <Select
      label={t("What changed")}
      hideLabel
      className="w-44"
      options={[
        { id: "", label: t("All changes") },
        { id: "fixed", label: `${t("Fixed")} ${formatCount(counts.fixed)}` },
        { id: "broken", label: `${t("Broken")} ${formatCount(counts.broken)}` },
        { id: "changed", label: `${t("Other words")} ${formatCount(counts.changed)}` },
        { id: "same", label: `${t("The same")} ${formatCount(counts.same)}` },
      ]}
      value={filter.change}
      onChange={(change) => onFilter({ change })}
    />
  );
}

function Order({ scores, filter, onFilter }: AnswerListProps) {
  const { t } = useTranslation();
  const name = useMetricName();
  return (
    <Select
      label={t("Order")}
      hideLabel
      className="w-52"
      options={[
        { id: "", label: t("As they stand") },
        { id: "row ascending", label: t("By row number") },
        ...scores.flatMap((score) => [
          { id: `${score} ascending`, label: t("{{score}}, lowest first", { score: name(score) }) },
          { id: `${score} descending`, label: t("{{score}}, highest first", { score: name(score) }) },
        ]),
      ]}
      value={filter.sort}
      onChange={(sort) => onFilter({ sort })}
    />
  );
}

/** Every answered row: what was asked, answered and wanted; with another evaluation what changed stands first. */
export function AnswerList(props: AnswerListProps) {
  const { pairs, judge, filter, shown, onMore, names } = props;
  const { t } = useTranslation();
  const found = filterPairs(pairs, filter, judge);
  return (
    <Panel
      title={t("Answers")}
      count={
        found.length === pairs.length
          ? formatCount(pairs.length)
          : t("{{found}} of {{all}}", { found: formatCount(found.length), all: formatCount(pairs.length) })
      }
      tools={
        <>
          <Verdicts {...props} />
          {names && <Changes {...props} />}
          <Order {...props} />
          <div className="w-52 max-sm:w-full">
            <SearchField label={t("Search answers")} value={props.text} onChange={props.onText} />
          </div>
        </>
      }
      flush
      status={found.length === 0 ? "empty" : "ready"}
      empty={
        pairs.length === 0 ? (
          <EmptyState
            title={t("No answers were written")}
            text={t("Only likelihood was measured: rows of plain text have no answers.")}
          />
        ) : (
          <EmptyState title={t("No answer fits")} text={t("Show all, or search for other words.")} />
        )
      }
    >
      <ul aria-label={t("Answers")}>
        {found.slice(0, shown).map((pair) => (
          <AnswerCard key={pair.row} pair={pair} judge={judge} names={names} />
        ))}
      </ul>
      {found.length > shown && (
        <div className="border-t border-line px-4 py-3">
          <Button onPress={onMore}>
            {t("Show more: {{count}} are left", { count: found.length - shown })}
          </Button>
        </div>
      )}
    </Panel>
  );
}
