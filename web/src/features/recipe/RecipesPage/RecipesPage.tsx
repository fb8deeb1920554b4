import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { ApiError } from "../../../data/client.ts";
import { TRAINING_TASKS, useWorkspace } from "../../../data/live/workspace.ts";
import { presetsQuery, schemaQuery } from "../../../data/recipes.ts";
import type { RootSchema } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatAgo } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { DraftList } from "../DraftList/DraftList.tsx";
import { FromYaml } from "../FromYaml/FromYaml.tsx";
import { PresetCards } from "../PresetCards/PresetCards.tsx";
import { useQueryText } from "../useQueryText.ts";
import { openYaml } from "./openYaml.ts";
import { useDrafts } from "./useDrafts.ts";

export interface RecipesPageProps {
  /** find: what is searched for. from: a run whose settings are opened at once. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

/** Where a recipe begins: a preset, a draft, a file, or the settings of a run. */
export function RecipesPage({ search, onSearch, onGo }: RecipesPageProps) {
  const { t } = useTranslation();
  const presets = useQuery(presetsQuery);
  const schema = useQuery(schemaQuery);
  const [drafts, onDelete] = useDrafts();
  const searchField = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useQueryText(search.find ?? "", (find) => onSearch({ find: find || undefined }));
  const { from } = search;
  useEffect(() => {
    if (from) onGo(`/recipes/edit?from=${encodeURIComponent(from)}`);
  }, [from, onGo]);
  usePageActions([
    {
      id: "search",
      label: t("Search presets"),
      icon: Search,
      shortcut: "/",
      act: () => searchField.current?.focus(),
    },
  ]);
  const open = async (text: string, name: string) => {
    const found = await openYaml(schema.data as unknown as RootSchema, text, name);
    if (typeof found !== "string") return found;
    onGo(`/recipes/edit?draft=${found}`);
    return null;
  };
  const problem = presets.error instanceof ApiError ? presets.error.problem : null;
  return (
    <Page>
      <PageHeader
        title={t("Recipes")}
        sub={[t("Every setting of a training run. Begin near to what you want.")]}
      />
      <Cell span={8}>
        <Panel
          title={t("Presets")}
          count={presets.data?.items.length}
          tools={
            <div className="w-60 max-sm:w-full">
              <SearchField
                label={t("Search presets")}
                shortcut="/"
                value={query}
                onChange={setQuery}
                inputRef={searchField}
              />
            </div>
          }
          status={presets.data ? "ready" : presets.error ? "error" : "loading"}
          loading={<LoadingState text={t("Reading the presets")} height={200} />}
          error={
            <ErrorState
              what={problem?.detail ?? t("The presets could not be read.")}
              todo={problem?.hint}
              onRetry={() => void presets.refetch()}
              isRetrying={presets.isFetching}
            />
          }
        >
          <PresetCards presets={presets.data?.items ?? []} query={query} />
        </Panel>
      </Cell>
      <Cell span={4} full>
        <Panel title={t("Continue your draft")} count={drafts.length || undefined} className="flex-none!">
          <DraftList drafts={drafts} onDelete={onDelete} />
        </Panel>
        <Panel title={t("From a run")} className="flex-none!">
          <FromRun onGo={onGo} />
        </Panel>
        <Panel title={t("Start from a YAML file")}>
          <FromYaml onOpen={open} />
        </Panel>
      </Cell>
    </Page>
  );
}

function FromRun({ onGo }: Pick<RecipesPageProps, "onGo">) {
  const { t } = useTranslation();
  const { runs, isKnown } = useWorkspace();
  const training = runs.filter((run) => TRAINING_TASKS.has(run.task));
  return (
    <ComboBox
      label={t("Settings of an earlier run")}
      help={t("Opens a copy; the run stays as it is.")}
      options={training.map((run) => ({
        id: run.id,
        label: run.name || run.id,
        description: `${t(run.state)}, ${formatAgo(run.created)}`,
      }))}
      value={null}
      isLoading={!isKnown}
      placeholder={t("Name of a run")}
      onChange={(id) => id && onGo(`/recipes/edit?from=${encodeURIComponent(id)}`)}
    />
  );
}
