import type { LiveRun } from "../../../data/live/stream.ts";
import { WORKING_STATES } from "../../../data/live/workspace.ts";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Link } from "../../../ui/Link/Link.tsx";

export interface WaitingProps {
  run: Pick<Run, "id" | "state" | "reason" | "error" | "created">;
  others: readonly LiveRun[];
}

/** What a run waits for: before its first step, or where something stands in its way. */
export function Waiting({ run, others }: WaitingProps) {
  const { t } = useTranslation();
  if (run.state === "starting") {
    return (
      <Banner level="info">
        {t("Starting: the model and its data are loaded. The first step follows.")}
      </Banner>
    );
  }
  if (run.state === "paused") {
    return (
      <Banner level="warning">
        {[run.error?.message ?? run.reason, run.error?.hint].filter(Boolean).join(" ")}
      </Banner>
    );
  }
  const before = runsBefore(run, others);
  return (
    <Banner level="info">
      {before.length === 0
        ? t("Waits for a free place. It starts by itself.")
        : t("Waits for {{count}} runs before it. It starts by itself.", {
            count: before.length,
            defaultValue_one: "Waits for one run before it. It starts by itself.",
          })}{" "}
      {run.reason && run.reason !== "resumed" && <span>{`${run.reason}. `}</span>}
      <span className="inline-flex flex-wrap gap-x-3">
        {before.map((each) => (
          <Link key={each.id} href={`/runs/${each.id}`} look="inline">
            {each.name}
          </Link>
        ))}
      </span>
    </Banner>
  );
}

/** Working, or queued earlier: oldest first. */
export function runsBefore(run: WaitingProps["run"], others: readonly LiveRun[]): LiveRun[] {
  return others
    .filter(
      (each) =>
        each.id !== run.id &&
        (WORKING_STATES.has(each.state) || (each.state === "queued" && each.created < run.created)),
    )
    .sort((a, b) => a.created - b.created)
    .slice(0, 6);
}
