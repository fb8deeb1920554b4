import { Link2, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { AddRuns } from "./AddRuns.tsx";
import { CompareTable } from "./CompareTable.tsx";
import Curves from "./Curves.tsx";
import { RecipeDiff } from "./RecipeDiff.tsx";
import Relations from "./Relations.tsx";
import { SamplesSideBySide } from "./SamplesSideBySide.tsx";
import { useCompare } from "./useCompare.ts";

export interface ComparePageProps {
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

/** Runs side by side: numbers, curves, settings, samples. The address reproduces the view. */
export function ComparePage({ search, onSearch, onGo }: ComparePageProps) {
  const { t } = useTranslation();
  const range = rangeOf(search.range);
  const view = useCompare(search, range);
  // All at once: a table that grows row by row would push the curves down. Later only what was added is waited for.
  const [isFirst, setFirst] = useState(true);
  if (isFirst && !view.isPending) setFirst(false);
  const put = (ids: readonly string[]) => onSearch({ runs: ids.join(",") || undefined });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      toast({ message: t("Link copied. It shows exactly this."), tone: "success" });
    } catch {
      toast({ message: t("The browser refused; copy the address from its bar."), tone: "warning" });
    }
  };
  usePageActions([
    { id: "copy-link", label: t("Copy link"), icon: Link2, shortcut: "l", act: () => void copy() },
    { id: "add-runs", label: t("Choose runs from the table"), icon: Plus, act: () => onGo("/runs") },
  ]);
  return (
    <Page>
      <PageHeader
        title={t("Compare")}
        sub={[
          t("{{count}} runs", { count: view.runs.length, defaultValue_one: "One run" }),
          view.runs.length > 1 ? t("the link reproduces this view") : "",
        ].filter(Boolean)}
        actions={
          <>
            <Button
              icon={Link2}
              onPress={() => void copy()}
              isDisabled={view.runs.length === 0}
              why={t("There is nothing to compare yet.")}
            >
              {t("Copy link")}
            </Button>
            <AddRuns shown={view.ids} onAdd={(id) => put([...view.ids, id])} />
          </>
        }
      />
      {view.missing.length > 0 && (
        <Banner
          level="warning"
          action={
            <Button size="small" onPress={() => put(view.ids.filter((id) => !view.missing.includes(id)))}>
              {t("Leave them out")}
            </Button>
          }
        >
          {t("{{count}} of these runs are not here any more.", {
            count: view.missing.length,
            defaultValue_one: "One of these runs is not here any more.",
          })}
        </Banner>
      )}
      {isFirst && <LoadingState text={t("Reading the runs")} height={240} />}
      {!view.isPending && view.runs.length === 0 && (
        <Panel>
          <EmptyState
            title={t("Nothing to compare yet")}
            text={t("Choose two runs or more in the table of runs, or add them here.")}
            action={
              <Button size="small" onPress={() => onGo("/runs")}>
                {t("Choose runs")}
              </Button>
            }
          />
        </Panel>
      )}
      {!isFirst && view.runs.length > 0 && (
        <>
          <CompareTable
            runs={view.runs}
            baseline={view.baseline}
            onBaseline={(id) => onSearch({ baseline: id })}
            onRemove={(id) => put(view.ids.filter((each) => each !== id))}
          />
          <Cell span={8}>
            <Curves view={view} search={search} range={range} onSearch={onSearch} />
          </Cell>
          <Cell span={4} full>
            <Relations runs={view.runs} search={search} onSearch={onSearch} />
          </Cell>
          <Cell span={6}>
            <RecipeDiff
              runs={view.runs}
              isWhole={search.equal === "show"}
              onWhole={(isWhole) => onSearch({ equal: isWhole ? "show" : undefined })}
            />
          </Cell>
          <Cell span={6}>
            <SamplesSideBySide runs={view.runs} isReady={!view.isDrawing} />
          </Cell>
        </>
      )}
    </Page>
  );
}

export function rangeOf(text: string | undefined): [number, number] | null {
  const [from, to] = (text ?? "").split("~").map(Number);
  return from !== undefined && to !== undefined && Number.isFinite(from) && to > from ? [from, to] : null;
}
