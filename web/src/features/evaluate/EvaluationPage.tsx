import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FileDown, RotateCw } from "lucide-react";
import { useEffect } from "react";
import { FINAL_STATES } from "../../data/live/workspace.ts";
import {
  answersQuery,
  type Evaluation,
  evaluationQuery,
  evaluationsQuery,
  modelsQuery,
} from "../../data/models.ts";
import { tellError } from "../../data/problem.ts";
import { specQuery } from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { usePageActions } from "../../ui/actions.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../ui/format.ts";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Select } from "../../ui/Select/Select.tsx";
import { type RunState, StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import { Time } from "../../ui/Time/Time.tsx";
import { searchOf } from "./facts/again.ts";
import { modelName, runOf } from "./facts/pairs.ts";
import { saveJsonLines } from "./facts/save.ts";
import { Ended } from "./one/Ended.tsx";
import { ResultView } from "./one/ResultView.tsx";
import { RunProgress } from "./one/RunProgress.tsx";

export interface EvaluationPageProps {
  evaluation: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

const ASK_MS = 1500;

interface PartProps extends EvaluationPageProps {
  found: Evaluation;
  other: Evaluation | null;
  nameOf: (model: string) => string;
}

/** Other evaluations of the same rows, to compare with. */
function Other({ found, other, onSearch, nameOf }: PartProps) {
  const { t } = useTranslation();
  const { data } = useQuery(evaluationsQuery);
  const rest = (data?.items ?? []).filter(
    (each) =>
      each.id !== found.id &&
      each.state === "completed" &&
      each.dataset === found.dataset &&
      each.split === found.split,
  );
  if (rest.length === 0 && !other) return null;
  return (
    <Select
      label={t("Compared with")}
      className="max-w-80"
      options={[
        { id: "", label: t("Nothing") },
        ...rest.map(({ id, model, metrics }) => ({
          id,
          label: nameOf(model),
          description:
            typeof metrics.loss === "number" ? `${t("Loss")} ${metrics.loss.toFixed(3)}` : undefined,
        })),
      ]}
      value={other?.id ?? ""}
      onChange={(id) => onSearch({ other: id || undefined, change: undefined })}
    />
  );
}

function useAgain({ found, onGo }: PartProps): () => void {
  const { data: spec } = useQuery(specQuery(found.id));
  return () => onGo(`/evaluate?${new URLSearchParams(searchOf(spec, found))}`);
}

function Header(props: PartProps & { onAgain: () => void }) {
  const { found, nameOf, onAgain } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const save = async () => {
    const rows = await client.ensureQueryData(answersQuery(found.id));
    saveJsonLines(rows, `${found.dataset}-${found.split}-${runOf(found.model)}.jsonl`);
  };
  const isDone = found.state === "completed";
  usePageActions([
    { id: "again", label: t("Evaluate again"), icon: RotateCw, shortcut: "e", act: onAgain },
    ...(isDone ? [{ id: "save", label: t("Save the answers"), icon: FileDown, act: () => void save() }] : []),
  ]);
  const model = runOf(found.model);
  return (
    <PageHeader
      title={t("{{model}} on {{dataset}}", { model: nameOf(found.model), dataset: found.dataset })}
      after={
        <StatusPill
          state={found.state as RunState}
          {...(found.state === "running" ? { label: t("Measuring") } : {})}
        />
      }
      sub={[
        <>
          {t("model")}{" "}
          <Link look="inline" href={`/runs/${model}`}>
            {nameOf(found.model)}
          </Link>{" "}
          <code>{found.model}</code>
        </>,
        <>
          {t("data")}{" "}
          <Link look="inline" href={`/data/${encodeURIComponent(found.dataset)}`}>
            {found.dataset}
          </Link>
          , {found.split}
          {isDone && `, ${t("{{rows}} rows", { rows: formatCount(found.rows) })}`}
        </>,
        <>
          <Link look="inline" href={`/runs/${found.id}`}>
            {t("its run")}
          </Link>
          , <Time at={found.created} />
        </>,
      ]}
      actions={
        <>
          {isDone && (
            <Button icon={FileDown} onPress={() => void save()}>
              {t("Save the answers")}
            </Button>
          )}
          <Button look="primary" icon={RotateCw} onPress={onAgain}>
            {t("Evaluate again")}
          </Button>
        </>
      }
    />
  );
}

function Body(props: PartProps) {
  const { found, other, nameOf, search, onSearch } = props;
  const again = useAgain(props);
  const isDone = found.state === "completed";
  return (
    <Page>
      <Header {...props} onAgain={again} />
      {isDone && <Other {...props} />}
      {isDone && (
        <ResultView evaluation={found} other={other} nameOf={nameOf} search={search} onSearch={onSearch} />
      )}
      {!isDone && !FINAL_STATES.has(found.state) && (
        <RunProgress id={found.id} name={nameOf(found.model)} state={found.state} />
      )}
      {!isDone && FINAL_STATES.has(found.state) && (
        <Ended id={found.id} state={found.state} onAgain={again} />
      )}
    </Page>
  );
}

/** One evaluation: its numbers, every answer, and what changed since another one. */
export function EvaluationPage(props: EvaluationPageProps) {
  const { evaluation, search } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery({
    ...evaluationQuery(evaluation),
    refetchInterval: ({ state }) => (FINAL_STATES.has(state.data?.state ?? "completed") ? false : ASK_MS),
  });
  const other = useQuery({ ...evaluationQuery(search.other ?? ""), enabled: Boolean(search.other) });
  const models = useQuery(modelsQuery);
  const isDone = query.data?.state === "completed";
  useEffect(() => {
    if (isDone) void client.invalidateQueries({ queryKey: ["evaluations"], exact: true });
  }, [isDone, client]);
  if (query.data) {
    return (
      <Body
        {...props}
        found={query.data}
        other={search.other ? (other.data ?? null) : null}
        nameOf={(model) => modelName(model, models.data?.items ?? [])}
      />
    );
  }
  return (
    <Page>
      <PageHeader
        title={t("Evaluation")}
        sub={[
          <Link key="all" href="/evaluate">
            {t("All evaluations")}
          </Link>,
        ]}
      />
      {query.error ? (
        <ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingState text={t("Reading the evaluation")} height={320} />
      )}
    </Page>
  );
}
