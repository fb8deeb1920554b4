import { Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { Binned } from "../../../data/history.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { ConfirmDialog } from "../../../ui/Dialog/ConfirmDialog.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatBytes } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Time } from "../../../ui/Time/Time.tsx";

export interface BinPanelProps {
  /** The last deleted first; nothing while they are read. */
  items: readonly Binned[] | undefined;
  onRestore: (binned: Binned) => Promise<void>;
  /** One thing, or all of them, for good. */
  onEmpty: (binned: Binned | null) => Promise<void>;
}

function useColumns({ onRestore }: BinPanelProps, onAsk: (binned: Binned) => void): Column<Binned>[] {
  const { t } = useTranslation();
  const [busy, setBusy] = useState("");
  const kinds = {
    run: t("Run"),
    checkpoint: t("Checkpoint"),
    dataset: t("Dataset"),
    tokenizer: t("Tokenizer"),
    model: t("Model"),
  };
  const restore = async (binned: Binned) => {
    setBusy(binned.id);
    await onRestore(binned);
    setBusy("");
  };
  return [
    { id: "name", header: t("Name"), cell: ({ name }) => <span className="wrap-anywhere">{name}</span> },
    { id: "kind", header: t("Kind"), muted: true, cell: ({ kind }) => kinds[kind] },
    { id: "bytes", header: t("Size"), align: "right", cell: ({ bytes }) => formatBytes(bytes) },
    { id: "deleted", header: t("Deleted"), muted: true, cell: ({ deleted }) => <Time at={deleted} /> },
    {
      id: "kept",
      header: t("Kept until"),
      muted: true,
      cell: ({ kept_until }) => <Time at={kept_until} look="moment" />,
    },
    {
      id: "use",
      header: <span className="sr-only">{t("Use")}</span>,
      align: "right",
      cell: (binned) => (
        <span className="inline-flex items-center gap-2">
          <Button
            size="small"
            icon={Undo2}
            isPending={busy === binned.id}
            onPress={() => void restore(binned)}
          >
            {t("Bring back")} <span className="sr-only">{binned.name}</span>
          </Button>
          <Button size="small" look="ghost" icon={Trash2} iconOnly onPress={() => onAsk(binned)}>
            {t("Delete {{name}} for good", { name: binned.name })}
          </Button>
        </span>
      ),
    },
  ];
}

/** What was deleted in the last thirty days: brought back by a press, or gone for good after one question. */
export function BinPanel(props: BinPanelProps) {
  const { items, onEmpty } = props;
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Binned | "all" | null>(null);
  const columns = useColumns(props, setAsked);
  const bytes = (items ?? []).reduce((sum, each) => sum + each.bytes, 0);
  return (
    <Panel
      title={t("Bin")}
      count={items && items.length > 0 ? formatBytes(bytes) : undefined}
      flush
      status={items === undefined ? "loading" : items.length === 0 ? "empty" : "ready"}
      loading={<LoadingState text={t("Looking into the bin")} height={120} />}
      empty={
        <EmptyState title={t("The bin is empty")} text={t("What you delete lies here for thirty days.")} />
      }
      tools={
        items && items.length > 0 ? (
          <Button size="small" look="danger" icon={Trash2} onPress={() => setAsked("all")}>
            {t("Empty the bin")}
          </Button>
        ) : undefined
      }
    >
      <DataTable
        name={t("Bin")}
        columns={columns}
        rows={items ?? []}
        rowKey={({ id }) => id}
        maxHeight={320}
      />
      <ConfirmDialog
        isOpen={asked !== null}
        onOpenChange={(isOpen) => !isOpen && setAsked(null)}
        question={
          asked === "all" || asked === null
            ? t("Empty the bin?")
            : t("Delete {{name}} for good?", { name: asked.name })
        }
        consequence={t("{{size}} become free. It cannot be brought back afterwards.", {
          size: formatBytes(asked === "all" || asked === null ? bytes : asked.bytes),
        })}
        confirmLabel={asked === "all" ? t("Empty the bin") : t("Delete for good")}
        danger
        onConfirm={() => onEmpty(asked === "all" ? null : asked)}
      />
    </Panel>
  );
}
