import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "../../data/client.ts";
import { useWorkspace } from "../../data/live/workspace.ts";
import { exportFileUrl, exportQuery, modelName, modelsQuery } from "../../data/models.ts";
import { runQuery } from "../../data/runs.ts";
import { machineQuery } from "../../data/system.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { ExportView } from "./ExportView.tsx";

export interface ExportPageProps {
  /** Id of the export, which is that of its run. */
  id: string;
}

/** One export, followed while it is made. */
export function ExportPage({ id }: ExportPageProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const found = useQuery(exportQuery(id));
  const run = useQuery(runQuery(id));
  const models = useQuery(modelsQuery);
  const machine = useQuery(machineQuery);
  const { runs } = useWorkspace();
  const live = runs.find((each) => each.id === id)?.state;
  useEffect(() => {
    if (!live) return;
    void client.invalidateQueries({ queryKey: ["exports"] });
    void client.invalidateQueries({ queryKey: ["run", id], exact: true });
  }, [client, id, live]);
  if (!found.data) {
    const problem = found.error instanceof ApiError ? found.error.problem : null;
    return (
      <Page>
        <PageHeader title={t("Export")} />
        <Panel>
          {found.isError ? (
            <ErrorState
              what={problem?.detail ?? String(found.error)}
              {...(problem?.hint ? { todo: problem.hint } : {})}
              fix={<Link href="/export">{t("All exports")}</Link>}
              onRetry={() => void found.refetch()}
            />
          ) : (
            <LoadingState text={t("Reading the export")} height={280} />
          )}
        </Panel>
      </Page>
    );
  }
  return (
    <ExportView
      item={found.data}
      state={live ?? found.data.state}
      error={run.data?.error ?? null}
      nameOf={(reference) => modelName(reference, models.data?.items ?? [])}
      workspace={machine.data?.workspace ?? ""}
      hrefOf={(file) => exportFileUrl(id, file)}
    />
  );
}
