import type { Machine } from "../../data/system.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatBytes } from "../../ui/format.ts";
import { KeyValue } from "../../ui/KeyValue/KeyValue.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";

interface WorkspacePanelProps {
  machine: Machine | null;
  price: { per_hour: number | null; currency: string } | null;
  models: number;
}

/** The machine under the loom. */
export function WorkspacePanel({ machine, price, models }: WorkspacePanelProps) {
  const { t } = useTranslation();
  if (!machine) {
    return (
      <Panel
        title={t("Workspace")}
        status="loading"
        loading={<LoadingState text={t("Looking at the machine")} height={160} />}
      />
    );
  }
  const gpus = machine.gpus.map((gpu) => String(gpu.name)).join(", ");
  const rows = [
    {
      label: t("Machine"),
      value: gpus || t("{{count}} CPU cores", { count: machine.cores }),
      exact: machine.processor,
    },
    { label: t("Memory"), value: formatBytes(machine.memory_bytes) },
    { label: t("Free disk"), value: formatBytes(machine.free_disk_bytes) },
    { label: t("Models"), value: String(models) },
    {
      label: t("Price"),
      value:
        price?.per_hour == null ? (
          <Link href="/compute">{t("Set a price")}</Link>
        ) : (
          t("{{price}} {{currency}} an hour", { price: price.per_hour, currency: price.currency })
        ),
    },
  ];
  return (
    <Panel
      title={t("Workspace")}
      count={machine.workspace.split("/").at(-1)}
      footer={<Link href="/compute">{t("All about this machine")}</Link>}
    >
      <KeyValue rows={rows} name={t("Workspace")} />
    </Panel>
  );
}
