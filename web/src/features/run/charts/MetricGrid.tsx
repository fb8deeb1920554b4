import { SlidersHorizontal } from "lucide-react";
import { useMemo } from "react";
import { LineChart } from "../../../charts/LineChart/LineChart.tsx";
import type { Range } from "../../../charts/types.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { Run } from "../../../data/runs.ts";
import type { Curve } from "../../../data/series.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Checkbox } from "../../../ui/Checkbox/Checkbox.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatRate } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Num } from "../../../ui/Num/Num.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { threadOf } from "../../../ui/thread.ts";
import { isQuiet, otherKeys, useMetricWords } from "./names.ts";
import { type OnSearch, rangeOf, rangeSearch, type Search, xKindOf } from "./useChartView.ts";

export interface MetricGridProps {
  run: Pick<Run, "id" | "ordinal">;
  view: Pick<RunView, "curves" | "isLoaded">;
  search: Search;
  onSearch: OnSearch;
}

/** Every other number that the run logs, small, under one cross-hair. */
export default function MetricGrid({ run, view, search, onSearch }: MetricGridProps) {
  const { t } = useTranslation();
  const keys = useMemo(() => otherKeys(view.curves), [view.curves]);
  const chosen = chosenOf(keys, search.metrics);
  const status = keys.length > 0 ? "ready" : view.isLoaded ? "empty" : "loading";
  const isShared = xKindOf(search) === "step";
  return (
    <Panel
      title={t("More metrics")}
      count={
        keys.length > 0 ? t("{{shown}} of {{all}}", { shown: chosen.length, all: keys.length }) : undefined
      }
      status={status}
      loading={<LoadingState text={t("Reading the metrics")} height={140} />}
      empty={
        <EmptyState
          title={t("No other metrics yet")}
          text={t("Learning rate, gradient norm, speed and all else that the run logs stand here.")}
        />
      }
      tools={
        <Chooser
          keys={keys}
          chosen={chosen}
          onChange={(next) => onSearch({ metrics: next.join(",") || "none" })}
        />
      }
    >
      {chosen.length === 0 && <p className="text-muted">{t("Choose the metrics to see.")}</p>}
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,280px),1fr))] gap-x-6 gap-y-4">
        {chosen.map((key) => {
          const curve = view.curves.get(key);
          return curve ? (
            <Small
              key={key}
              curve={curve}
              ordinal={run.ordinal ?? 0}
              syncKey={isShared ? `run-${run.id}` : undefined}
              range={isShared ? rangeOf(search) : null}
              onRange={(range) => isShared && onSearch(rangeSearch(range))}
            />
          ) : null;
        })}
      </div>
    </Panel>
  );
}

/** What the address names, else all that says something. */
function chosenOf(keys: readonly string[], written: string | undefined): string[] {
  if (written === undefined) return keys.filter((key) => !isQuiet(key)).slice(0, 12);
  const wanted = new Set(written.split(","));
  return keys.filter((key) => wanted.has(key));
}

interface SmallProps {
  curve: Curve;
  ordinal: number;
  syncKey: string | undefined;
  range: Range | null;
  onRange: (range: Range | null) => void;
}

function Small({ curve, ordinal, syncKey, range, onRange }: SmallProps) {
  const { t } = useTranslation();
  const words = useMetricWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are the same at every render
  const series = useMemo(
    () => [{ ...curve, id: curve.key, label: words(curve.key), thread: threadOf(ordinal) }],
    [curve, ordinal],
  );
  const last = curve.y.at(-1) ?? Number.NaN;
  const isRate = curve.key.endsWith("learning_rate");
  return (
    <div className="min-w-0">
      <h3 className="flex items-baseline justify-between gap-2 text-caption font-medium">
        <span className="truncate" title={curve.key}>
          {words(curve.key)}
        </span>
        <span className="font-normal text-muted">
          {isRate ? <span title={String(last)}>{formatRate(last)}</span> : <Num value={last} />}
        </span>
      </h3>
      <LineChart
        title={words(curve.key)}
        series={series}
        x={{ kind: "step", label: t("step") }}
        height={132}
        range={range}
        onRange={onRange}
        {...(syncKey ? { syncKey } : {})}
      />
    </div>
  );
}

interface ChooserProps {
  keys: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Chooser({ keys, chosen, onChange }: ChooserProps) {
  const { t } = useTranslation();
  const words = useMetricWords();
  if (keys.length === 0) return null;
  return (
    <Popover
      label={t("Metrics to show")}
      placement="bottom end"
      trigger={
        <Button size="small" look="ghost" icon={SlidersHorizontal}>
          {t("Choose metrics")}
        </Button>
      }
    >
      <div className="grid gap-1">
        {keys.map((key) => (
          <Checkbox
            key={key}
            label={words(key)}
            value={chosen.includes(key)}
            onChange={(isOn) =>
              onChange(keys.filter((each) => (each === key ? isOn : chosen.includes(each))))
            }
          />
        ))}
      </div>
    </Popover>
  );
}
