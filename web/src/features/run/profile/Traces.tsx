import { Activity, Download } from "lucide-react";
import { useState } from "react";
import type { TraceFile } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { formatBytes, formatCount, formatPercent } from "../../../ui/format.ts";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import type { OnSearch, Search } from "../charts/useChartView.ts";
import { shortTime } from "./times.ts";

export interface TracesProps {
  /** Newest first. */
  traces: readonly TraceFile[];
  /** Whether the run answers now. */
  canAsk: boolean;
  isAsking: boolean;
  onAsk: (steps: number) => void;
  hrefOf: (name: string) => string;
  search: Search;
  onSearch: OnSearch;
}

const USUAL = 3;
const MOST = 20;

/** Traces of some steps: asked for while the run trains, saved for Perfetto, with the operators that took longest. */
export function Traces(props: TracesProps) {
  const { traces, canAsk, search, onSearch } = props;
  const { t } = useTranslation();
  const shown = traces.find(({ name }) => name === search.trace) ?? traces[0];
  if (!shown && !canAsk) return null;
  const nameOf = (trace: TraceFile) =>
    t("steps {{first}} to {{last}}", {
      first: formatCount(trace.first_step),
      last: formatCount(trace.first_step + trace.steps - 1),
    });
  return (
    <section className="grid min-w-0 grid-cols-1 gap-3">
      <h3 className="font-semibold">{t("Trace of steps")}</h3>
      {canAsk && <Ask {...props} />}
      {!shown && (
        <p className="text-muted">
          {t("Every operator with its time, for Perfetto. It changes nothing of what is learned.")}
        </p>
      )}
      {shown && (
        <>
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
            {traces.length > 1 ? (
              <Select
                label={t("Trace")}
                options={traces.map((trace) => ({ id: trace.name, label: nameOf(trace) }))}
                value={shown.name}
                onChange={(trace) => onSearch({ trace })}
              />
            ) : (
              <span className="font-medium">{nameOf(shown)}</span>
            )}
            <a
              href={props.hrefOf(shown.name)}
              download
              className="inline-flex min-h-7 items-center gap-1.5 text-accent hover:underline hover:underline-offset-3"
            >
              <Icon of={Download} />
              {t("Save {{name}} ({{bytes}})", { name: shown.name, bytes: formatBytes(shown.bytes) })}
            </a>
          </div>
          <p className="text-caption text-muted">
            {t("Open the file at ui.perfetto.dev: it stays in your browser. {{time}} were traced.", {
              time: shortTime(shown.seconds),
            })}
          </p>
          <Operators trace={shown} />
        </>
      )}
    </section>
  );
}

function Ask({ isAsking, onAsk }: TracesProps) {
  const { t } = useTranslation();
  const [steps, setSteps] = useState<number | null>(USUAL);
  const isPossible = steps !== null && Number.isInteger(steps) && steps >= 1 && steps <= MOST;
  return (
    <div className="flex flex-wrap items-end gap-3">
      <NumberField
        className="w-28"
        label={t("Steps")}
        value={steps}
        onChange={setSteps}
        minimum={1}
        maximum={MOST}
        integer
      />
      <Button
        icon={Activity}
        isDisabled={!isPossible}
        isPending={isAsking}
        onPress={() => isPossible && onAsk(steps)}
      >
        {t("Trace the next steps")}
      </Button>
    </div>
  );
}

function Operators({ trace }: { trace: TraceFile }) {
  const { t } = useTranslation();
  return (
    <div className="-mx-4">
      <DataTable
        name={trace.on_device ? t("Operators by time on the GPU") : t("Operators by time on the processor")}
        density="compact"
        maxHeight={320}
        rows={trace.operators as unknown as Operator[]}
        rowKey={(each) => each.name}
        columns={[
          {
            id: "name",
            header: t("operator"),
            cell: (each) => (
              <span className="font-mono" title={each.name}>
                {each.name.length > LONGEST ? `${each.name.slice(0, LONGEST)}…` : each.name}
              </span>
            ),
          },
          { id: "calls", header: t("calls"), align: "right", cell: (each) => formatCount(each.calls) },
          {
            id: "self",
            header: t("by itself"),
            align: "right",
            cell: (each) => shortTime(each.self_seconds),
          },
          { id: "share", header: t("share"), align: "right", cell: (each) => formatPercent(each.share, 1) },
        ]}
      />
    </div>
  );
}

const LONGEST = 60;

interface Operator {
  name: string;
  calls: number;
  self_seconds: number;
  share: number;
}
