import { useQuery } from "@tanstack/react-query";
import { answersQuery, type Evaluation } from "../../../data/models.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { useTyped } from "../../../ui/useTyped.ts";
import { judgeOf, pairsOf } from "../facts/answers.ts";
import { groupTables } from "../facts/tables.ts";
import { AnswerList } from "./AnswerList.tsx";
import { GroupPanel } from "./GroupPanel.tsx";
import { MetricStrip } from "./MetricStrip.tsx";

export interface ResultViewProps {
  evaluation: Evaluation;
  /** The one before, when two are compared. */
  other: Evaluation | null;
  nameOf: (model: string) => string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

const PAGE = 50;

function Answers({ evaluation, other, nameOf, search, onSearch }: ResultViewProps) {
  const { t } = useTranslation();
  const now = useQuery(answersQuery(evaluation.id));
  const before = useQuery({ ...answersQuery(other?.id ?? ""), enabled: other !== null });
  const [text, setText] = useTyped(search.q ?? "", (q) => onSearch({ q: q || undefined }));
  const error = now.error ?? before.error;
  if (error || !now.data || (other && !before.data)) {
    return (
      <Panel
        title={t("Answers")}
        status={error ? "error" : "loading"}
        loading={<LoadingState text={t("Reading every answer")} height={240} />}
        error={
          <ErrorState {...tellError(error)} onRetry={() => void now.refetch().then(() => before.refetch())} />
        }
      />
    );
  }
  const judge = judgeOf(now.data);
  const shown = Number(search.shown ?? PAGE) || PAGE;
  return (
    <AnswerList
      pairs={pairsOf(now.data, before.data ?? [], judge)}
      judge={judge}
      scores={[...new Set(now.data.flatMap((row) => Object.keys(row.scores)))]}
      filter={{
        verdict: search.verdict ?? "",
        change: search.change ?? "",
        search: search.q ?? "",
        sort: search.sort ?? "",
      }}
      text={text}
      onText={setText}
      onFilter={(changes) =>
        onSearch(
          Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value || undefined])),
        )
      }
      shown={shown}
      onMore={() => onSearch({ shown: String(shown + PAGE) })}
      names={other ? { now: nameOf(evaluation.model), before: nameOf(other.model) } : undefined}
    />
  );
}

/** A finished evaluation: its numbers, its groups, and every answer. */
export function ResultView(props: ResultViewProps) {
  const { evaluation, other } = props;
  const groups = groupTables(evaluation.tables);
  return (
    <>
      <MetricStrip metrics={evaluation.metrics} before={other?.metrics} />
      {groups.map((table) => (
        <Cell key={table.id} span={groups.length > 1 ? 6 : 12}>
          <GroupPanel table={table} />
        </Cell>
      ))}
      <Answers {...props} />
    </>
  );
}
