import { Plus, Upload } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { usePageActions } from "../../ui/actions.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { WorkflowStrip } from "../../ui/WorkflowStrip/WorkflowStrip.tsx";
import { CurrentRun } from "./CurrentRun.tsx";
import { NeedsALook } from "./NeedsALook.tsx";
import { RecentRuns } from "./RecentRuns.tsx";
import { StartSomething } from "./StartSomething.tsx";
import { type StageFact, stagesOf } from "./stages.ts";
import { useHome } from "./useHome.ts";
import { WorkspacePanel } from "./WorkspacePanel.tsx";

/** The front page: what runs, what needs a look, how to start. */
export function HomePage({ onGo }: { onGo: (href: string) => void }) {
  const { t } = useTranslation();
  const view = useHome();
  usePageActions([
    { id: "new-run", label: t("New run"), icon: Plus, shortcut: "n", act: () => onGo("/recipes") },
    {
      id: "import",
      label: t("Import data"),
      icon: Upload,
      shortcut: "i",
      act: () => onGo("/data?import=open"),
    },
  ]);
  const summary = useSummary(view);
  const isNew = view.isKnown && view.all.length === 0;
  return (
    <Page>
      <PageHeader
        title={useTitle(view)}
        sub={[isNew ? t("From raw data to a model that you own, on this machine.") : summary]}
        actions={
          <>
            <Button icon={Upload} onPress={() => onGo("/data?import=open")}>
              {t("Import data")}
            </Button>
            <Button look={isNew ? "secondary" : "primary"} icon={Plus} onPress={() => onGo("/recipes")}>
              {t("New run")}
            </Button>
          </>
        }
      />
      <WorkflowStrip stages={useStages(stagesOf(view.all), view.isKnown)} />
      {isNew && <StartSomething plans={view.plans} isFirst onGo={onGo} />}
      {!isNew && (
        <>
          <Cell span={8}>
            <CurrentRun run={view.watched} isKnown={view.isKnown} onGo={onGo} />
          </Cell>
          <Cell span={4} full>
            <NeedsALook view={view} />
          </Cell>
          <StartSomething plans={view.plans} onGo={onGo} />
          <Cell span={8}>
            <RecentRuns runs={view.recent} isKnown={view.isKnown} total={view.all.length} onGo={onGo} />
          </Cell>
        </>
      )}
      <Cell span={isNew ? 12 : 4} full>
        <WorkspacePanel machine={view.machine} price={view.price} models={view.models} />
      </Cell>
    </Page>
  );
}

function useTitle(view: ReturnType<typeof useHome>): string {
  const { t } = useTranslation();
  const running = view.all.filter(
    (run) => run.state === "running" && ["pretrain", "finetune"].includes(run.task),
  );
  if (!view.isKnown) return t("Home");
  if (running.length > 0)
    return t("{{count}} runs are training", {
      count: running.length,
      defaultValue_one: "One run is training",
    });
  if (view.all.length === 0) return t("Make your first model");
  return view.current ? t("Work is under way") : t("The loom is at rest");
}

function useSummary(view: ReturnType<typeof useHome>): string {
  const { t } = useTranslation();
  const needs = view.failed.length + view.heldUp.length;
  if (!view.isKnown) return t("Reading what runs here");
  if (needs > 0)
    return t("{{count}} things need a look.", { count: needs, defaultValue_one: "One thing needs a look." });
  const done = view.all.filter((run) => run.state === "completed").length;
  return t("{{count}} runs completed; nothing needs a look.", {
    count: done,
    defaultValue_one: "One run completed; nothing needs a look.",
  });
}

function useStages(facts: StageFact[], isKnown: boolean) {
  const { t } = useTranslation();
  const names = {
    data: { label: t("Data"), href: "/data" },
    tokenizer: { label: t("Tokenizer"), href: "/data?tab=tokenizers" },
    train: { label: t("Train"), href: "/runs" },
    evaluate: { label: t("Evaluate"), href: "/evaluate" },
    export: { label: t("Export"), href: "/export" },
  };
  return facts.map(({ key, state, run, share }) => {
    const detail = run ? run.name : isKnown ? t("not yet") : "…";
    const percent = share ? `, ${Math.floor(share * 100)} %` : "";
    return { ...names[key], detail: detail + percent, state, ...(share === undefined ? {} : { share }) };
  });
}
