import { Plus } from "lucide-react";
import { useState } from "react";
import { TRAINING_TASKS, useWorkspace } from "../../../data/live/workspace.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { ThreadLine } from "../../../ui/ThreadLine/ThreadLine.tsx";
import { threadOf } from "../../../ui/thread.ts";

const MOST = 30;

/** A list of training runs to add one after the other. */
export function AddRuns({ shown, onAdd }: { shown: readonly string[]; onAdd: (id: string) => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const { runs } = useWorkspace();
  const fitting = runs
    .filter((run) => (TRAINING_TASKS.has(run.task) || run.task === "log") && !shown.includes(run.id))
    .filter((run) => run.name.toLowerCase().includes(query.toLowerCase()))
    .slice(0, MOST);
  return (
    <Popover
      label={t("Add runs")}
      placement="bottom end"
      trigger={<Button icon={Plus}>{t("Add runs")}</Button>}
    >
      <div className="grid w-72 max-w-full gap-2">
        <SearchField label={t("Search runs")} value={query} onChange={setQuery} />
        <ul className="grid max-h-80 gap-px overflow-y-auto">
          {fitting.map((run) => (
            <li key={run.id}>
              <Button look="ghost" className="w-full justify-start" onPress={() => onAdd(run.id)}>
                <ThreadLine thread={threadOf(run.ordinal ?? 0)} />
                <span className="truncate">{run.name}</span>
              </Button>
            </li>
          ))}
        </ul>
        {fitting.length === 0 && <p className="text-muted">{t("No other run fits.")}</p>}
      </div>
    </Popover>
  );
}
