import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { datasetsQuery } from "../../data/datasets.ts";
import { FINAL_STATES } from "../../data/live/workspace.ts";
import { evaluationsQuery, modelOptions, modelsQuery, startEvaluation } from "../../data/models.ts";
import { tellError } from "../../data/problem.ts";
import { schemaQuery } from "../../data/recipes.ts";
import { runsQuery, specQuery } from "../../data/runs.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { usePageActions } from "../../ui/actions.ts";
import { Button } from "../../ui/Button/Button.tsx";
import type { Sort } from "../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../ui/format.ts";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { metricKinds } from "./facts/metrics.ts";
import { beforeAfter, modelName } from "./facts/pairs.ts";
import { boardsOf } from "./facts/scores.ts";
import { compareHref, Leaderboard } from "./list/Leaderboard.tsx";
import { readForm, specOf, splitFor, writeForm } from "./start/form.ts";
import { StartEvaluation } from "./start/StartEvaluation.tsx";

export interface EvaluationsPageProps {
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

const ASK_MS = 2000;

/** Of each fine-tuned run, what it was made from. */
function useBases(): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery(runsQuery({ filter: "task=finetune", params: ["model.source"] }));
  const runs = (data?.pages ?? []).flatMap((page) => page.items);
  return new Map(
    runs.flatMap((run) => (run.params["model.source"] ? [[run.id, String(run.params["model.source"])]] : [])),
  );
}

function useModels() {
  const { data } = useQuery(modelsQuery);
  return data?.items ?? [];
}

type Models = ReturnType<typeof useModels>;

/** Name of the dataset that a run's model learned from: what one measures it on first. Undefined until that is known. */
function useLearnedFrom(reference: string, models: Models): string | undefined {
  const known = models.find((each) => each.reference === reference);
  const run = known?.run || (/^[0-9a-z]{12,}$/.exec(reference.split("@")[0] ?? "")?.[0] ?? "");
  const { data, isPending } = useQuery({ ...specQuery(run), enabled: run !== "" });
  if (run !== "" && isPending) return undefined;
  const { dataset } = (data?.data ?? {}) as { dataset?: unknown };
  return typeof dataset === "string" ? dataset : "";
}

function Start({ search, onSearch, onGo }: EvaluationsPageProps) {
  const { t } = useTranslation();
  const schema = useQuery(schemaQuery);
  const datasets = useQuery(datasetsQuery);
  const models = useModels();
  const items = datasets.data?.items ?? [];
  const typed = readForm(search);
  const model = typed.model || (models[0]?.reference ?? "");
  const learned = useLearnedFrom(model, models);
  const named = (name: string) =>
    items.find((each) => `${each.name}@${each.version}` === name || each.name === name);
  const chosen = named(typed.dataset) ?? (learned === undefined ? undefined : (named(learned) ?? items[0]));
  const form = {
    ...typed,
    model,
    dataset: chosen ? `${chosen.name}@${chosen.version}` : typed.dataset,
    split: splitFor(typed, chosen?.splits ?? {}),
  };
  const kinds = metricKinds(schema.data);
  const isText = chosen?.shape === "text";
  const start = async () => {
    const { id } = await startEvaluation(
      specOf(
        form,
        kinds.map(({ kind }) => kind),
        isText,
      ),
    );
    onGo(`/evaluate/${id}`);
  };
  return (
    <Panel
      title={t("Measure a model")}
      status={schema.isPending ? "loading" : schema.error ? "error" : "ready"}
      loading={<LoadingState text={t("Reading what can be measured")} height={320} />}
      error={<ErrorState {...tellError(schema.error)} onRetry={() => void schema.refetch()} />}
    >
      <StartEvaluation
        form={form}
        onChange={(next) => onSearch(writeForm(next))}
        models={modelOptions(models, model, ({ name, step }) =>
          step == null ? name : t("{{name}}, step {{step}}", { name, step }),
        )}
        datasets={items.map(({ name, version, rows }) => ({
          id: `${name}@${version}`,
          label: `${name}@${version}`,
          description: t("{{rows}} rows", { rows: formatCount(rows) }),
        }))}
        splits={chosen?.splits ?? {}}
        metrics={kinds}
        isText={isText}
        onStart={start}
      />
    </Panel>
  );
}

const readSort = (text: string | undefined): Sort | null => {
  const [column, direction] = (text ?? "").split(" ");
  if (!column) return null;
  return { column, direction: direction === "ascending" ? "ascending" : "descending" };
};

function Boards({ search, onSearch, onGo }: EvaluationsPageProps) {
  const { t } = useTranslation();
  const models = useModels();
  const bases = useBases();
  const query = useQuery({
    ...evaluationsQuery,
    refetchInterval: ({ state }) =>
      (state.data?.items ?? []).some((each) => !FINAL_STATES.has(each.state)) ? ASK_MS : false,
  });
  const boards = boardsOf(query.data?.items ?? []);
  const chosen = new Set((search.compare ?? "").split(",").filter(Boolean));
  if (boards.length === 0) {
    return (
      <Panel
        title={t("Evaluations")}
        status={query.isPending ? "loading" : query.error ? "error" : "empty"}
        loading={<LoadingState text={t("Reading the evaluations")} height={240} />}
        error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
        empty={
          <EmptyState
            title={t("Nothing was measured yet")}
            text={t(
              "Choose a model and rows that it never saw. Evaluations of the same rows stand here side by side.",
            )}
          />
        }
      />
    );
  }
  return boards.map((board) => (
    <Leaderboard
      key={board.key}
      board={board}
      nameOf={(model) => modelName(model, models)}
      pairs={beforeAfter(board, bases)}
      sort={readSort(search.sort)}
      onSort={({ column, direction }) => onSearch({ sort: `${column} ${direction}` })}
      chosen={new Set(board.evaluations.map(({ id }) => id).filter((id) => chosen.has(id)))}
      onChoose={(next) => onSearch({ compare: [...next].slice(-2).join(",") || undefined })}
      onOpen={(id) => onGo(`/evaluate/${id}`)}
    />
  ));
}

/** Measure models, and see them side by side on the same rows. */
export function EvaluationsPage(props: EvaluationsPageProps) {
  const { search, onGo } = props;
  const { t } = useTranslation();
  const { data } = useQuery(evaluationsQuery);
  const ids = (search.compare ?? "").split(",").filter(Boolean);
  const created = (id: string) => data?.items.find((each) => each.id === id)?.created ?? 0;
  const [after, before] = [...ids].sort((a, b) => created(b) - created(a));
  const compare = () => after && before && onGo(compareHref(after, before));
  const why = t("Choose two evaluations of the same rows.");
  const isReady = after !== undefined && before !== undefined;
  usePageActions([
    {
      id: "compare",
      label: t("Compare two evaluations"),
      icon: GitCompareArrows,
      ...(isReady ? {} : { why }),
      act: () => void compare(),
    },
  ]);
  return (
    <Page>
      <PageHeader
        title={t("Evaluate")}
        sub={[isReady ? t("Two are chosen.") : t("Tick two evaluations to see what changed, row by row.")]}
        actions={
          <Button
            icon={GitCompareArrows}
            isDisabled={!isReady}
            why={t("Tick two evaluations first.")}
            onPress={() => void compare()}
          >
            {t("Compare")}
          </Button>
        }
      />
      <Cell span={8}>
        <div className="grid min-w-0 content-start gap-4">
          <Boards {...props} />
        </div>
      </Cell>
      <Cell span={4} full>
        <Start {...props} />
      </Cell>
    </Page>
  );
}
