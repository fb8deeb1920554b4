import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError } from "../../data/client.ts";
import { useWorkspace } from "../../data/live/workspace.ts";
import { exportsQuery, modelsQuery, startExport } from "../../data/models.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { toast } from "../../ui/Toast/toast.ts";
import { ExportForm } from "./ExportForm.tsx";
import { ExportList } from "./ExportList.tsx";

export interface ExportsPageProps {
  /** `model`: what the form begins with. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

/** Take a model elsewhere, with a proof that it is still the same. */
export function ExportsPage({ search, onSearch, onGo }: ExportsPageProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const models = useQuery(modelsQuery);
  const exports = useQuery(exportsQuery);
  const { runs } = useWorkspace();
  const states = runs.filter((run) => run.task === "export").map((run) => `${run.id}${run.state}`);
  const known = states.join();
  useEffect(() => {
    if (known) void client.invalidateQueries({ queryKey: ["exports"] });
  }, [client, known]);
  const nameOf = (reference: string) =>
    models.data?.items.find((each) => each.reference === reference)?.name ?? reference;
  const start = async (spec: Record<string, unknown>) => {
    const started = await startExport(spec);
    toast({ message: t("Started. The seal follows when the files are written."), tone: "success" });
    onGo(`/export/${started.id}`);
  };
  const problem = exports.error instanceof ApiError ? exports.error.problem : null;
  return (
    <Page>
      <PageHeader
        title={t("Export")}
        sub={[t("Write a model for others. It is opened again and compared before it counts.")]}
      />
      <Cell span={5} full>
        <ExportForm
          models={models.data?.items ?? []}
          isLoading={models.isPending}
          model={search.model ?? ""}
          onModel={(model) => onSearch({ model })}
          onStart={start}
        />
      </Cell>
      <Cell span={7}>
        <ExportList
          items={exports.data?.items ?? []}
          isLoading={exports.isPending}
          error={exports.isError ? (problem ?? { detail: String(exports.error), hint: "" }) : null}
          onRetry={() => void exports.refetch()}
          nameOf={nameOf}
          onGo={onGo}
        />
      </Cell>
    </Page>
  );
}
