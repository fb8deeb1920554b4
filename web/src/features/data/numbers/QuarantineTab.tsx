import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { baseUrl } from "../../../data/client.ts";
import { quarantineQuery } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount, NONE } from "../../../ui/format.ts";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import type { BadRow } from "../facts/report.ts";

export interface QuarantineProps {
  /** How many there are; the table may hold the first only. */
  total: number;
  rows: readonly BadRow[];
  /** Address of the file with all of them. */
  file: string;
}

/** Rows that could not be used: where they stand, why, and what they say. */
export function Quarantine({ total, rows, file }: QuarantineProps) {
  const { t } = useTranslation();
  const columns: Column<BadRow>[] = [
    { id: "file", header: t("File"), cell: ({ file: name }) => name },
    {
      id: "line",
      header: t("Line"),
      align: "right",
      muted: true,
      cell: ({ line }) => (line === null ? NONE : formatCount(line)),
    },
    { id: "reason", header: t("Why"), cell: ({ reason }) => reason },
    {
      id: "raw",
      header: t("As it stands there"),
      width: 480,
      cell: ({ raw }) => (
        <span className="font-mono text-caption" title={raw}>
          {raw}
        </span>
      ),
    },
  ];
  return (
    <Panel
      title={t("Set aside")}
      count={total > 0 ? formatCount(total) : undefined}
      tools={
        total > 0 && (
          <a
            href={file}
            download
            className="inline-flex h-6 items-center gap-1.5 rounded-control border border-line bg-surface px-2 text-caption font-medium text-text shadow-panel hover:bg-hover"
          >
            <Icon of={Download} muted />
            {t("Download all as JSONL")}
          </a>
        )
      }
      flush
      status={total === 0 ? "empty" : "ready"}
      empty={
        <EmptyState title={t("Nothing was set aside")} text={t("Every row of the source could be used.")} />
      }
      footer={
        total > rows.length && rows.length > 0
          ? t("The first {{shown}} of {{total}}; the file holds all.", {
              shown: formatCount(rows.length),
              total: formatCount(total),
            })
          : t("Correct them in the source and import it again: that makes a new version.")
      }
    >
      <DataTable
        name={t("Rows that were set aside")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.file} ${row.line} ${row.row} ${row.raw.slice(0, 40)}`}
      />
    </Panel>
  );
}

export function QuarantineTab({ reference, total }: { reference: string; total: number }) {
  const { t } = useTranslation();
  const query = useQuery(quarantineQuery(reference));
  if (query.data) {
    return (
      <Quarantine
        total={total}
        rows={query.data.items as unknown as BadRow[]}
        file={`${baseUrl()}/api/datasets/${encodeURIComponent(reference)}/quarantine/file`}
      />
    );
  }
  return (
    <Panel
      title={t("Set aside")}
      status={query.error ? "error" : "loading"}
      loading={<LoadingState text={t("Reading the rows that were set aside")} />}
      error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
    />
  );
}
