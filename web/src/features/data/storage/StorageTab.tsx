import { useQuery, useQueryClient } from "@tanstack/react-query";
import { cleanDisk, diskQuery, setQuota } from "../../../data/history.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatBytes } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { type CleanKind, DiskPanel } from "./DiskPanel.tsx";

/** The workspace's disk: read when the tab opens, and after each cleaning. */
export function StorageTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const disk = useQuery(diskQuery);
  const tell = (error: unknown) => toast({ message: tellError(error).what, tone: "danger" });
  const again = () => client.invalidateQueries({ queryKey: diskQuery.queryKey });
  const clean = async (kind: CleanKind) => {
    try {
      const { freed } = await cleanDisk([kind]);
      toast({ message: t("{{size}} freed", { size: formatBytes(freed[kind] ?? 0) }), tone: "success" });
      await again();
    } catch (error) {
      tell(error);
    }
  };
  const limit = async (bytes: number | null) => {
    try {
      await setQuota(bytes);
      await again();
    } catch (error) {
      tell(error);
    }
  };
  if (disk.data) return <DiskPanel disk={disk.data} onClean={clean} onQuota={limit} />;
  return (
    <Panel
      title={t("What it takes")}
      status={disk.error ? "error" : "loading"}
      loading={<LoadingState text={t("Measuring the workspace")} height={240} />}
      error={<ErrorState {...tellError(disk.error)} onRetry={() => void disk.refetch()} />}
    />
  );
}
