import type { Export } from "../../data/models.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Banner } from "../../ui/Banner/Banner.tsx";
import { CodeBlock } from "../../ui/CodeBlock/CodeBlock.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { type RunState, StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import { Time } from "../../ui/Time/Time.tsx";
import { ExportFiles } from "./ExportFiles.tsx";
import { titleOf } from "./ExportList.tsx";
import { ParitySeal } from "./ParitySeal.tsx";
import { loadSnippet, proofOf, toldFolder } from "./proof.ts";

export interface ExportViewProps {
  item: Export;
  /** State of its run, live. */
  state: string;
  /** What went wrong. */
  error: { message?: unknown; hint?: unknown; proof?: unknown } | null;
  nameOf: (model: string) => string;
  /** Folder of the workspace: what lies in it is told by its place there. */
  workspace: string;
  hrefOf: (file: string) => string;
}

const WORKING = new Set(["queued", "starting", "running"]);

/** One export: its seal, its files, and how to load it. */
export function ExportView({ item, state, error, nameOf, workspace, hrefOf }: ExportViewProps) {
  const { t } = useTranslation();
  const broken = typeof error?.proof === "object" ? (error.proof as Record<string, unknown>) : {};
  const proof = proofOf(item.proof) ?? proofOf(broken ?? {});
  const hasFiles = Object.keys(item.files).length > 0;
  const isAdapter = "adapter_config.json" in item.files;
  const told = toldFolder(item.folder, workspace);
  const run = item.model.split("@")[0] ?? "";
  return (
    <Page>
      <PageHeader
        title={titleOf(item, nameOf)}
        after={
          <StatusPill state={state as RunState} {...(state === "running" ? { label: t("Exporting") } : {})} />
        }
        sub={[
          <Link key="model" href={`/runs/${run}`}>
            {nameOf(item.model)}
          </Link>,
          item.format === "hf" ? t("Hugging Face folder") : item.format,
          <Time key="time" at={item.created} />,
          <Link key="run" href={`/runs/${item.id}`}>
            {t("its log")}
          </Link>,
        ]}
      />
      {WORKING.has(state) && (
        <Banner level="info" action={<Link href={`/runs/${item.id}`}>{t("Watch it")}</Link>}>
          {state === "queued"
            ? t("Waits for a free place. It starts by itself.")
            : t("The files are written, opened again and compared. This page follows by itself.")}
        </Banner>
      )}
      {state === "failed" && (
        <Panel>
          <ErrorState
            what={String(error?.message ?? t("The export failed"))}
            why={t("Nothing was published; the model itself is untouched.")}
            {...(error?.hint ? { todo: String(error.hint) } : {})}
            fix={
              <Link href={`/export?model=${encodeURIComponent(item.model)}`} look="inline">
                {t("Export it again")}
              </Link>
            }
            report={JSON.stringify({ export: item.id, model: item.model, error })}
          />
        </Panel>
      )}
      {proof && (
        <Cell span={hasFiles ? 7 : 12}>
          <ParitySeal proof={proof} />
        </Cell>
      )}
      {hasFiles && (
        <Cell span={proof ? 5 : 12} full>
          <ExportFiles
            files={item.files}
            folder={item.folder}
            told={told}
            hrefOf={hrefOf}
            {...(proof?.passed ? {} : { blocked: proof?.problems.join("; ") || t("it has no seal") })}
          />
        </Cell>
      )}
      {hasFiles && proof?.passed && (
        <Panel title={t("Load it")} count={t("with nothing but transformers")}>
          <CodeBlock name={t("How to load it")} language="python" code={loadSnippet(told, isAdapter)} />
        </Panel>
      )}
    </Page>
  );
}
