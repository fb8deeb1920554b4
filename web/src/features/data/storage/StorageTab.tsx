import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Binned,
  binQuery,
  cleanDisk,
  deleteFromBin,
  diskQuery,
  restoreFromBin,
  setQuota,
} from "../../../data/history.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatBytes } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { BinPanel } from "./BinPanel.tsx";
import { DiskPanel } from "./DiskPanel.tsx";

/** The workspace's disk and its bin: read when the tab opens, and after each change. */
export function StorageTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const disk = useQuery({ ...diskQuery, refetchOnMount: "always" });
  const bin = useQuery({ ...binQuery, refetchOnMount: "always" });
  /** Does it, says what came of it, and reads all anew that it may have changed. */
  const attempt = async (act: () => Promise<string | undefined>) => {
    try {
      const message = await act();
      if (message) toast({ message, tone: "success" });
    } catch (error) {
      const { what, todo } = tellError(error);
      toast({ message: todo ? `${what} ${todo}` : what, tone: "danger" });
    }
    const keys = ["disk", "bin", "datasets", "tokenizers", "runs", "checkpoints"];
    await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  const freed = (bytes: number) => t("{{size}} freed", { size: formatBytes(bytes) });
  const restore = (binned: Binned) =>
    attempt(async () => {
      await restoreFromBin(binned.id);
      return t("{{name}} is back.", { name: binned.name });
    });
  const empty = (binned: Binned | null) =>
    attempt(async () => {
      if (!binned) return freed((await cleanDisk(["bin"])).freed.bin ?? 0);
      await deleteFromBin(binned.id);
      return freed(binned.bytes);
    });
  if (!disk.data) {
    return (
      <Panel
        title={t("What it takes")}
        status={disk.error ? "error" : "loading"}
        loading={<LoadingState text={t("Measuring the workspace")} height={240} />}
        error={<ErrorState {...tellError(disk.error)} onRetry={() => void disk.refetch()} />}
      />
    );
  }
  return (
    <>
      <DiskPanel
        disk={disk.data}
        onClean={(kind) => attempt(async () => freed((await cleanDisk([kind])).freed[kind] ?? 0))}
        onQuota={(bytes) => attempt(() => setQuota(bytes).then(() => undefined))}
      />
      <BinPanel items={bin.data?.items} onRestore={restore} onEmpty={empty} />
    </>
  );
}
