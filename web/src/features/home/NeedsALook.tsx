import { useTranslation } from "../../i18n/i18n.ts";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { type Finding, Findings } from "../../ui/Findings/Findings.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Link } from "../../ui/Link/Link.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { StatusPill } from "../../ui/StatusPill/StatusPill.tsx";
import type { HomeView } from "./useHome.ts";

const LOW_DISK_BYTES = 5e9;

/** Failed runs, those that something holds up, low disk, what the doctor found, and what waits: each with its next step. */
export function NeedsALook({
  view,
}: {
  view: Pick<HomeView, "failed" | "heldUp" | "others" | "machine" | "isKnown">;
}) {
  const { t } = useTranslation();
  const items = useFindings(view);
  return (
    <Panel
      title={t("Needs a look")}
      count={items.length || undefined}
      flush
      status={items.length > 0 ? "ready" : view.isKnown ? "empty" : "loading"}
      empty={
        <EmptyState
          title={t("Nothing needs a look")}
          text={t("Failures, low disk and gaps of this machine would stand here, each with its next step.")}
        />
      }
    >
      <Findings items={items} label={t("Needs a look")} />
    </Panel>
  );
}

function useFindings({
  failed,
  heldUp,
  others,
  machine,
}: Pick<HomeView, "failed" | "heldUp" | "others" | "machine">): Finding[] {
  const { t } = useTranslation();
  const found: Finding[] = failed.map((run) => ({
    id: run.id,
    level: "danger",
    title: t("{{name}} failed", { name: run.name }),
    detail: run.reason,
    actions: <Link href={`/runs/${run.id}`}>{t("Look")}</Link>,
  }));
  for (const run of heldUp) {
    found.push({
      id: run.id,
      level: "warning",
      title: t("{{name}} stands still", { name: run.name }),
      detail: run.reason,
      actions: <Link href={`/runs/${run.id}`}>{t("Look")}</Link>,
    });
  }
  if (machine && machine.free_disk_bytes < LOW_DISK_BYTES) {
    found.push({
      id: "disk",
      level: "warning",
      title: t("{{bytes}} of disk are free", { bytes: formatBytes(machine.free_disk_bytes) }),
      detail: t("A run pauses by itself when the disk is full, and goes on when there is room."),
    });
  }
  for (const each of machine?.findings.filter((finding) => finding.status === "problem") ?? []) {
    found.push({
      id: each.what,
      level: "warning",
      title: each.what,
      detail: each.found,
      actions: <Link href="/compute">{t("Fix")}</Link>,
    });
  }
  for (const run of others) {
    found.push({
      id: run.id,
      level: "info",
      title: run.name,
      detail: <StatusPill state={run.state as never} />,
      actions: <Link href={`/runs/${run.id}`}>{t("Watch")}</Link>,
    });
  }
  return found;
}
