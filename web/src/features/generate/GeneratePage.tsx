import { useQuery } from "@tanstack/react-query";
import { ClipboardCopy, PenLine } from "lucide-react";
import { useState } from "react";
import { ApiError, baseUrl } from "../../data/client.ts";
import { modelName, modelsQuery } from "../../data/models.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { usePageActions } from "../../ui/actions.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Menu } from "../../ui/Menu/Menu.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { toast, undoToast } from "../../ui/Toast/toast.ts";
import { Answer } from "./answer/Answer.tsx";
import { History } from "./answer/History.tsx";
import { useDraft, useHistory, type Written } from "./answer/stored.ts";
import { isBusy, useGeneration } from "./answer/useGeneration.ts";
import { PromptForm } from "./prompt/PromptForm.tsx";
import { SamplingForm } from "./prompt/SamplingForm.tsx";
import { asCli, asCurl, asPython, type Request } from "./prompt/settings.ts";

export interface GeneratePageProps {
  /** `model`, `other` (the second model), both references. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** Write with a model, or with two side by side. */
export function GeneratePage({ search, onSearch }: GeneratePageProps) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery);
  const items = models.data?.items ?? [];
  const [draft, setDraft] = useDraft();
  const history = useHistory();
  const first = useGeneration(history.add);
  const second = useGeneration(history.add);
  const [asked, setAsked] = useState<Pick<Request, "prompt" | "raw"> | null>(null);
  const model = search.model ?? items[0]?.reference ?? "";
  const other = search.other ?? "";
  const why = model === "" ? t("Choose a model.") : draft.prompt === "" ? t("Write a prompt.") : "";
  const busy = isBusy(first.state.stage) || isBusy(second.state.stage);

  const write = (request: Omit<Request, "model"> = draft, models = [model, other]) => {
    setAsked({ prompt: request.prompt, raw: request.raw });
    if (models[0]) void first.start({ ...request, model: models[0] });
    if (models[1]) void second.start({ ...request, model: models[1] });
  };
  const again = ({ model: used, prompt, raw, settings }: Written) => {
    setDraft({ prompt, raw, settings });
    onSearch({ model: used, other: undefined });
    write({ prompt, raw, settings }, [used]);
  };
  const clear = () => {
    const before = history.items;
    history.restore([]);
    undoToast(t("The history is cleared."), t("Undo"), () => history.restore(before));
  };
  const go = () => !why && !busy && write();
  usePageActions([
    {
      id: "write",
      label: t("Write"),
      icon: PenLine,
      shortcut: "W",
      ...(why ? { why } : {}),
      act: go,
    },
  ]);
  const nameOf = (reference: string) => modelName(reference, items);
  const prompt = asked?.raw ? { prompt: asked.prompt } : {};
  return (
    <Page>
      <PageHeader
        title={t("Generate")}
        sub={[t("Ask a model, see it write, compare two on the same prompt.")]}
        actions={<CopyMenu request={{ ...draft, model }} />}
      />
      {models.isError && <Unread error={models.error} onRetry={() => void models.refetch()} />}
      <Cell span={8}>
        <PromptForm
          models={items}
          isLoading={models.isPending}
          model={model}
          other={other}
          draft={draft}
          why={why}
          isBusy={busy}
          onModels={onSearch}
          onDraft={setDraft}
          onWrite={go}
        />
        <div className={`grid gap-4 ${other ? "grid-cols-2 max-md:grid-cols-1" : ""}`}>
          <Answer
            title={nameOf(first.state.model || model) || t("Answer")}
            answer={first.state}
            onStop={first.stop}
            onRetry={go}
            {...prompt}
          />
          {other && (
            <Answer
              title={nameOf(second.state.model || other)}
              answer={second.state}
              onStop={second.stop}
              onRetry={go}
              {...prompt}
            />
          )}
        </div>
      </Cell>
      <Cell span={4} full>
        <Panel title={t("Sampling")}>
          <SamplingForm
            settings={draft.settings}
            onChange={(change) => setDraft({ settings: { ...draft.settings, ...change } })}
          />
        </Panel>
      </Cell>
      <History items={history.items} nameOf={nameOf} onAgain={again} onClear={clear} />
    </Page>
  );
}

function CopyMenu({ request }: { request: Request }) {
  const { t } = useTranslation();
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ message: t("Copied."), tone: "success" });
    } catch {
      toast({ message: t("The browser refused to copy."), tone: "danger" });
    }
  };
  return (
    <Menu
      trigger={<Button icon={ClipboardCopy}>{t("Copy as")}</Button>}
      items={[
        { id: "cli", label: t("CLI"), onAction: () => void copy(asCli(request)) },
        { id: "python", label: t("Python"), onAction: () => void copy(asPython(request)) },
        { id: "curl", label: t("curl"), onAction: () => void copy(asCurl(request, baseUrl())) },
      ]}
    />
  );
}

function Unread({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <Panel>
      <ErrorState
        what={t("The models could not be read")}
        why={problem?.detail ?? String(error)}
        {...(problem?.hint ? { todo: problem.hint } : {})}
        onRetry={onRetry}
      />
    </Panel>
  );
}
