import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { Disk } from "../../../data/history.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { formatBytes } from "../../../ui/format.ts";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { StackBar } from "../../../ui/StackBar/StackBar.tsx";

export type CleanKind = Disk["cleanable"][number]["kind"];

export interface DiskPanelProps {
  disk: Disk;
  onClean: (kind: CleanKind) => Promise<void>;
  onQuota: (bytes: number | null) => Promise<void>;
}

const GB = 1e9;

function useNames(): Record<string, string> {
  const { t } = useTranslation();
  return {
    datasets: t("Datasets"),
    tokenizers: t("Tokenizers"),
    tokens: t("Prepared tokens"),
    uploads: t("Uploads"),
    runs: t("Runs and checkpoints"),
    models: t("Models"),
    exports: t("Exports"),
    cache: t("Cache"),
    leftovers: t("Leftovers"),
    bin: t("Bin"),
  };
}

type Area = Disk["areas"][number];
type Item = { id: string; name: string; bytes: number };

function Items({ area }: { area: Area }) {
  const { t } = useTranslation();
  const names = useNames();
  const columns: Column<Item>[] = [
    { id: "name", header: t("Name"), cell: ({ name }) => <span className="wrap-anywhere">{name}</span> },
    { id: "bytes", header: t("Size"), align: "right", cell: ({ bytes }) => formatBytes(bytes) },
  ];
  const items = area.items as unknown as Item[];
  return (
    <Disclosure title={names[area.name] ?? area.name} summary={formatBytes(area.bytes)} level={3}>
      <DataTable
        name={t("Largest of {{area}}", { area: names[area.name] ?? area.name })}
        columns={columns}
        rows={items}
        rowKey={({ id }) => id}
        maxHeight={320}
        empty={<p className="p-4 text-muted">{t("Nothing here.")}</p>}
      />
    </Disclosure>
  );
}

function Cleaning({ cleanable, onClean }: Pick<Disk, "cleanable"> & Pick<DiskPanelProps, "onClean">) {
  const { t } = useTranslation();
  const names = useNames();
  const [busy, setBusy] = useState("");
  const clean = async (kind: CleanKind) => {
    setBusy(kind);
    try {
      await onClean(kind);
    } finally {
      setBusy("");
    }
  };
  return (
    <ul className="m-0 grid list-none gap-0 p-0">
      {cleanable.map(({ kind, bytes, cost, held_by }) => (
        <li
          key={kind}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2.5 first:border-t-0"
        >
          <div className="min-w-0 flex-1 basis-56">
            <div className="font-medium">
              {names[kind]} <span className="text-muted tabular-nums">{formatBytes(bytes)}</span>
            </div>
            <p className="text-caption text-muted">{t(held_by || cost)}</p>
          </div>
          <Button
            size="small"
            icon={Trash2}
            isDisabled={bytes === 0 || busy !== ""}
            why={bytes === 0 ? t("There is nothing to remove.") : t("Another removal is under way.")}
            onPress={() => void clean(kind)}
          >
            {t("Remove {{what}}", { what: (names[kind] ?? kind).toLowerCase() })}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Limit({ disk, onQuota }: Pick<DiskPanelProps, "disk" | "onQuota">) {
  const { t } = useTranslation();
  const [value, setValue] = useState<number | null>(disk.quota === null ? null : disk.quota / GB);
  const isSame = (value === null ? null : Math.round(value * GB)) === disk.quota;
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="w-48">
        <NumberField
          label={t("Limit of the workspace")}
          value={value}
          onChange={setValue}
          minimum={0}
          unit="GB"
        />
      </div>
      <Button
        isDisabled={isSame}
        why={t("Nothing was changed.")}
        onPress={() => void onQuota(value === null || value <= 0 ? null : Math.round(value * GB))}
      >
        {t("Keep this limit")}
      </Button>
      <p className="w-full text-caption text-muted">
        {t("Empty for none. Beyond it uploads and runs are refused; nothing is deleted.")}
      </p>
    </div>
  );
}

/** What takes how much of the disk, what of it can be made again, and a limit. */
export function DiskPanel(props: DiskPanelProps) {
  const { disk } = props;
  const { t } = useTranslation();
  const names = useNames();
  const areas = [...disk.areas].sort((a, b) => b.bytes - a.bytes);
  const cleanable = disk.cleanable.filter(({ kind }) => kind !== "bin"); // it has a panel of its own
  const total = disk.quota ?? disk.bytes + disk.free;
  return (
    <>
      <Panel
        title={t("What it takes")}
        count={
          disk.quota === null
            ? t("{{used}}, {{free}} free on the disk", {
                used: formatBytes(disk.bytes),
                free: formatBytes(disk.free),
              })
            : t("{{used}} of {{limit}} allowed, {{free}} free on the disk", {
                used: formatBytes(disk.bytes),
                limit: formatBytes(disk.quota),
                free: formatBytes(disk.free),
              })
        }
      >
        <div className="grid gap-4">
          <StackBar
            name={t("Disk of the workspace")}
            parts={areas
              .filter(({ bytes }) => bytes > 0)
              .map(({ name, bytes }) => ({ label: names[name] ?? name, value: bytes }))}
            total={total}
            format={formatBytes}
          />
          <div>
            {areas
              .filter(({ count }) => count > 0)
              .map((area) => (
                <Items key={area.name} area={area} />
              ))}
          </div>
        </div>
      </Panel>
      <Panel
        title={t("What can be made again")}
        count={formatBytes(cleanable.reduce((sum, { bytes }) => sum + bytes, 0))}
      >
        <Cleaning cleanable={cleanable} onClean={props.onClean} />
      </Panel>
      <Panel title={t("Limit")} count={disk.quota === null ? t("none") : formatBytes(disk.quota)}>
        <Limit key={String(disk.quota)} {...props} />
      </Panel>
    </>
  );
}
