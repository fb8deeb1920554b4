import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { RunChip } from "../../../ui/RunChip/RunChip.tsx";
import { setting } from "../table/cells.tsx";
import { type DiffRow, diffOf } from "./diff.ts";
import { threadsOf } from "./threads.ts";

export interface RecipeDiffProps {
  runs: readonly Run[];
  /** Whether equal settings show, too. */
  isWhole: boolean;
  onWhole: (isWhole: boolean) => void;
}

/** Settings that differ; equal ones are one click away. What differs from the first run is marked. */
export function RecipeDiff({ runs, isWhole, onWhole }: RecipeDiffProps) {
  const { t } = useTranslation();
  const all = diffOf(runs.map((run) => run.params));
  const different = all.filter((row) => !row.isEqual);
  const threads = threadsOf(runs);
  const equal = all.length - different.length;
  return (
    <Panel
      title={t("Recipes")}
      count={t("{{count}} fields differ", { count: different.length, defaultValue_one: "One field differs" })}
      flush
      tools={
        equal > 0 && (
          <>
            {!isWhole && (
              <span className="text-caption text-muted">
                {t("{{count}} equal fields hidden", { count: equal })}
              </span>
            )}
            <Button size="small" look="ghost" onPress={() => onWhole(!isWhole)}>
              {isWhole ? t("Hide equal") : t("Show")}
            </Button>
          </>
        )
      }
    >
      <DataTable
        name={t("Recipes")}
        rows={isWhole ? all : different}
        rowKey={(row) => row.field}
        maxHeight={420}
        empty={
          <EmptyState
            title={t("The recipes are equal")}
            text={t("Whatever differs between these runs, it is not a setting.")}
          />
        }
        columns={[
          {
            id: "field",
            header: t("Field"),
            cell: (row: DiffRow) => <code className="text-caption">{row.field}</code>,
          },
          ...runs.map((run, index) => ({
            id: run.id,
            header: <RunChip thread={threads(run.id)} name={run.name} narrow />,
            align: "right" as const,
            cell: (row: DiffRow) => <Value row={row} index={index} />,
          })),
        ]}
      />
    </Panel>
  );
}

function Value({ row, index }: { row: DiffRow; index: number }) {
  const text = setting(row.values[index], row.field);
  const isMarked = !row.isEqual && row.values[index] !== row.values[0];
  return (
    <code className={`text-caption ${isMarked ? "rounded-mark bg-accent-wash px-2 py-1" : "text-muted"}`}>
      {text}
    </code>
  );
}
