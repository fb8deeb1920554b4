import { useRef, useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { definitionOf } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { newDraftId } from "../pure/drafts.ts";
import { useQueryText } from "../useQueryText.ts";
import { Editor } from "./Editor.tsx";
import { useBegin } from "./useBegin.ts";

export interface RecipePageProps {
  /** preset, from (a run), draft, dataset, model: where it begins. find: what is searched for. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

interface Session {
  source: string;
  id: string;
}

const sourceOf = ({ draft, preset, from, fork, dataset, model, leave_out }: Record<string, string>) =>
  JSON.stringify([draft, preset, from, fork, dataset, model, leave_out]);

/** One editing: it goes on when its own draft appears in the address, and ends when the address names another thing. */
function useSession(search: Record<string, string>): Session {
  const session = useRef<Session | null>(null);
  const source = sourceOf(search);
  const own = session.current;
  if (!own || (own.source !== source && search.draft !== own.id))
    session.current = { source, id: search.draft ?? newDraftId() };
  return session.current ?? { source, id: "" };
}

/** The page of a recipe: from a preset, a run, a draft, a dataset or a model. */
export function RecipePage(props: RecipePageProps) {
  const { id } = useSession(props.search);
  return <RecipeSession key={id} id={id} {...props} />;
}

function RecipeSession({ id, search, onSearch, onGo }: RecipePageProps & { id: string }) {
  const { t } = useTranslation();
  const [first] = useState(search);
  const { schema, begin, error, isLost, retry } = useBegin(first);
  const [query, setQuery] = useQueryText(search.find ?? "", (find) => onSearch({ find: find || undefined }));
  const isSaved = search.draft === id;
  const definition = schema && begin ? definitionOf(schema, String(begin.spec.task)) : undefined;
  if (isLost) {
    return (
      <Failure
        what={t("This draft is not in this browser.")}
        todo={t("Drafts stay where they were written. Begin with a preset, or with the settings of a run.")}
      />
    );
  }
  if (error) {
    const problem = error instanceof ApiError ? error.problem : null;
    return <Failure what={problem?.detail ?? error.message} todo={problem?.hint ?? ""} onRetry={retry} />;
  }
  if (!schema || !begin) {
    return (
      <Page>
        <PageHeader title={first.preset ?? t("Recipe")} />
        <Panel>
          <LoadingState text={t("Reading the recipe")} height={320} />
        </Panel>
      </Page>
    );
  }
  if (!definition)
    return (
      <Failure
        what={t("These settings are of no task that can be edited here.")}
        todo={t("Begin with a preset.")}
      />
    );
  return (
    <Editor
      id={id}
      schema={schema}
      definition={definition}
      begin={begin}
      isSaved={isSaved}
      onSaved={() => {
        if (!isSaved)
          onSearch({ draft: id, preset: undefined, from: undefined, dataset: undefined, model: undefined });
      }}
      query={query}
      onQuery={setQuery}
      onGo={onGo}
    />
  );
}

function Failure({ what, todo, onRetry }: { what: string; todo: string; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Page>
      <PageHeader title={t("Recipe")} />
      <Panel>
        <ErrorState
          what={what}
          todo={todo}
          fix={<Link href="/recipes">{t("All recipes")}</Link>}
          {...(onRetry ? { onRetry } : {})}
        />
      </Panel>
    </Page>
  );
}
