import { Gauge } from "../../charts/Gauge/Gauge.tsx";
import type { Told } from "../../data/problem.ts";
import type { MachineUse } from "../../data/system.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { formatBytes, formatPercent, formatValue } from "../../ui/format.ts";
import { KeyValue } from "../../ui/KeyValue/KeyValue.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";

export interface UsePanelProps {
  /** Nothing before the first answer. */
  use: MachineUse | undefined;
  error?: Told | null;
}

/** From this share on it is a warning: the next run may not fit. */
const FULL = 0.9;

interface Part {
  title: string;
  value: number;
  max: number;
  words: string;
  limit?: number;
}

/** What all programs use of the machine at this moment. */
export function UsePanel({ use, error = null }: UsePanelProps) {
  const { t } = useTranslation();
  const rows = useTraffic(use);
  return (
    <Panel
      title={t("In use now")}
      count={t("by all programs")}
      status={use ? "ready" : error ? "error" : "loading"}
      loading={<LoadingState text={t("Looking at the machine")} height={160} />}
      error={error && <ErrorState {...error} />}
    >
      <div className="grid gap-3">
        {use &&
          partsOf(use, t).map((part) => (
            <Gauge key={part.title} {...part} limitLabel={part.limit ? t("nine tenths") : undefined} />
          ))}
        {rows.length > 0 && <KeyValue rows={rows} name={t("Traffic")} />}
      </div>
    </Panel>
  );
}

type Words = (key: string, values?: Record<string, string | number>) => string;

function partsOf(use: MachineUse, t: Words): Part[] {
  const room = (title: string, value: number, max: number): Part => ({
    title,
    value,
    max,
    words: t("{{used}} of {{all}}", { used: formatBytes(value), all: formatBytes(max) }),
    limit: max * FULL,
  });
  const percent = (title: string, value: number): Part => ({
    title,
    value,
    max: 100,
    words: formatPercent(value / 100),
  });
  const gpus = use.gpus.flatMap((gpu, n) => {
    const name = use.gpus.length > 1 ? t("GPU {{n}}", { n }) : t("GPU");
    const heat = gpu.temperature_celsius;
    const busy = gpu.use_percent === undefined ? [] : [percent(name, gpu.use_percent)];
    if (busy[0] && heat !== undefined)
      busy[0].words += `, ${t("{{degrees}} °C", { degrees: formatValue(heat, 3) })}`;
    const held =
      gpu.memory_bytes === undefined || gpu.memory_total_bytes === undefined
        ? []
        : [room(t("{{gpu}} memory", { gpu: name }), gpu.memory_bytes, gpu.memory_total_bytes)];
    return [...busy, ...held];
  });
  return [
    percent(t("Processor"), use.cpu_percent),
    room(t("Memory"), use.memory_bytes, use.memory_total_bytes),
    room(t("Disk"), use.disk_bytes, use.disk_total_bytes),
    ...gpus,
  ];
}

function useTraffic(use: MachineUse | undefined): { label: string; value: string }[] {
  const { t } = useTranslation();
  const names: Record<string, string> = {
    disk_read: t("Read from the disk"),
    disk_write: t("Written to the disk"),
    network_received: t("Received from the network"),
    network_sent: t("Sent to the network"),
  };
  return Object.entries(names).flatMap(([name, label]) => {
    const rate = use?.traffic[`${name}_bytes_per_second`];
    return rate === undefined
      ? []
      : [{ label, value: t("{{bytes}}/s", { bytes: formatBytes(Math.round(rate)) }) }];
  });
}
