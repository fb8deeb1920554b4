import type { Export } from "../../data/models.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { DataTable } from "../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { formatBytes, NONE } from "../../ui/format.ts";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { type RunState, StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import { Tag } from "../../ui/Tag/Tag.tsx";
import { Time } from "../../ui/Time/Time.tsx";
import { proofOf } from "./proof.ts";

export interface ExportListProps {
  /** Newest first. */
  items: readonly Export[];
  isLoading?: boolean;
  error?: { detail: string; hint: string } | null;
  onRetry: () => void;
  /** Name of a model by its reference. */
  nameOf: (model: string) => string;
  onGo: (href: string) => void;
}

/** Every export with its seal. */
export function ExportList({ items, isLoading = false, error, onRetry, nameOf, onGo }: ExportListProps) {
  const { t } = useTranslation();
  const status = error ? "error" : isLoading ? "loading" : items.length === 0 ? "empty" : "ready";
  return (
    <Panel
      title={t("Exports")}
      count={items.length || undefined}
      flush
      status={status}
      loading={<LoadingState text={t("Reading the exports")} height={200} />}
      empty={
        <EmptyState
          title={t("No exports yet")}
          text={t("Choose a model and export it; its files and the proof that it is the same stand here.")}
        />
      }
      error={
        <ErrorState
          what={t("The exports could not be read")}
          why={error?.detail}
          todo={error?.hint}
          onRetry={onRetry}
        />
      }
    >
      <DataTable
        name={t("Exports")}
        rows={items}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        onRowAction={(row) => onGo(`/export/${row.id}`)}
        columns={[
          {
            id: "name",
            header: t("Export"),
            cell: (row) => <Link href={`/export/${row.id}`}>{titleOf(row, nameOf)}</Link>,
          },
          { id: "state", header: t("Status"), cell: (row) => <State item={row} /> },
          { id: "seal", header: t("Seal"), cell: (row) => <Seal item={row} /> },
          {
            id: "size",
            header: t("Size"),
            align: "right",
            muted: true,
            cell: (row) => sizeOf(row),
          },
          {
            id: "made",
            header: t("Made"),
            align: "right",
            muted: true,
            cell: (row) => <Time at={row.created} />,
          },
        ]}
      />
    </Panel>
  );
}

/** An export without a name of its own is called after its model. */
export function titleOf(item: Export, nameOf: (model: string) => string): string {
  return /^export \w+$/.test(item.name) ? nameOf(item.model) : item.name;
}

function State({ item }: { item: Export }) {
  const { t } = useTranslation();
  const working = item.state === "running" ? { label: t("Exporting") } : {};
  return <StatusPill state={item.state as RunState} {...working} />;
}

function Seal({ item }: { item: Export }) {
  const { t } = useTranslation();
  const proof = proofOf(item.proof);
  if (!proof) return <span className="text-muted">{NONE}</span>;
  return <Tag tone={proof.passed ? "positive" : "danger"}>{proof.passed ? t("sealed") : t("broken")}</Tag>;
}

function sizeOf(item: Export): string {
  const sizes = Object.values(item.files);
  return sizes.length === 0 ? NONE : formatBytes(sizes.reduce((sum, bytes) => sum + bytes, 0));
}
