import { memo, useMemo } from "react";
import { Sparkline } from "../../../charts/Sparkline/Sparkline.tsx";
import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatBytes, formatPercent, formatValue } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";

export interface ResourcesProps {
  events: readonly RunNews[];
  isLive: boolean;
  /** Whether the past has been read. */
  isLoaded?: boolean;
}

interface Line {
  label: string;
  values: number[];
  last: string;
  domain?: readonly [number, number];
}

const MOST = 180;

/** Whether there is anything to show or to wait for: a run of a few seconds ended before its first reading. */
export function hasReadings({ events, isLive, isLoaded = true }: ResourcesProps): boolean {
  return isLive || !isLoaded || events.some((event) => event.type === "system");
}

/** Use of the machine by this run, as the trainer sampled it. */
export const Resources = memo(function Resources({ events, isLive, isLoaded = true }: ResourcesProps) {
  const { t } = useTranslation();
  const lines = useLines(events);
  const disk = Number(events.findLast((event) => event.type === "system")?.disk_free_bytes);
  const gpus = gpusOf(events.findLast((event) => event.type === "system")).length;
  return (
    <Panel
      title={t("Resources")}
      count={gpus > 0 ? t("{{count}} GPUs", { count: gpus, defaultValue_one: "{{count}} GPU" }) : undefined}
      status={lines.length > 0 ? "ready" : isLoaded ? "empty" : "loading"}
      loading={<LoadingState text={t("Reading the machine's use")} height={140} />}
      empty={
        <EmptyState
          title={t("No readings")}
          text={
            isLive
              ? t("The first one comes five seconds after the start.")
              : t("The run was too short for a reading.")
          }
        />
      }
      {...(Number.isFinite(disk)
        ? { footer: t("{{bytes}} of disk were free", { bytes: formatBytes(disk) }) }
        : {})}
    >
      <dl>
        {lines.map(({ label, values, last, domain }) => (
          <div
            key={label}
            className="grid min-h-10 grid-cols-[minmax(88px,1fr)_minmax(0,2fr)] items-center gap-3"
          >
            <dt className="text-text-2">{label}</dt>
            <dd className="min-w-0">
              <Sparkline
                title={t("{{what}} of this run", { what: label })}
                values={values}
                last={last}
                isWide
                {...(domain ? { domain } : {})}
              />
            </dd>
          </div>
        ))}
      </dl>
      <MemoryCheck event={events.findLast((event) => event.type === "memory")} />
    </Panel>
  );
});

/** What was predicted of the run's memory, beside the most that it took. */
function MemoryCheck({ event }: { event: RunNews | undefined }) {
  const { t } = useTranslation();
  const [most, told, low, high] = [
    event?.measured_bytes,
    event?.predicted_bytes,
    event?.low_bytes,
    event?.high_bytes,
  ].map(toNumber) as [number, number, number, number];
  if (!Number.isFinite(most) || !Number.isFinite(told)) return null;
  return (
    <p className="mt-2 border-line border-t pt-2 text-caption text-muted tabular-nums">
      {t("At most {{most}} of memory; {{told}} were predicted ({{low}} to {{high}}).", {
        most: formatBytes(most),
        told: formatBytes(told),
        low: formatBytes(low),
        high: formatBytes(high),
      })}
    </p>
  );
}

function useLines(events: readonly RunNews[]): Line[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const readings = events.filter((event) => event.type === "system").slice(-MOST);
    const line = (
      label: string,
      read: (event: RunNews) => unknown,
      write: (value: number) => string,
    ): Line => {
      const values = readings.map((event) => toNumber(read(event)));
      return { label, values, last: write(values.findLast(Number.isFinite) ?? Number.NaN) };
    };
    const aSecond = (value: number) => t("{{bytes}}/s", { bytes: formatBytes(Math.round(value)) });
    const percent = (value: number) => formatPercent(value / 100);
    const gpuCount = Math.max(0, ...readings.map((event) => gpusOf(event).length));
    const gpus = Array.from({ length: gpuCount }, (_, n) => {
      const name = gpuCount > 1 ? t("GPU {{n}}", { n }) : t("GPU");
      return [
        { ...line(name, (event) => gpusOf(event)[n]?.use_percent, percent), domain: [0, 100] as const },
        line(t("{{gpu}} memory", { gpu: name }), (event) => gpusOf(event)[n]?.memory_bytes, formatBytes),
        line(
          t("{{gpu}} temperature", { gpu: name }),
          (event) => gpusOf(event)[n]?.temperature_celsius,
          (value) => t("{{degrees}} °C", { degrees: formatValue(value, 3) }),
        ),
        line(
          t("{{gpu}} power", { gpu: name }),
          (event) => gpusOf(event)[n]?.power_watts,
          (value) => t("{{watts}} W", { watts: formatValue(value, 3) }),
        ),
      ];
    }).flat();
    const machine = [
      line(t("CPU"), (event) => event.cpu_percent, percent),
      {
        ...line(t("CPU, machine"), (event) => event.machine_cpu_percent, percent),
        domain: [0, 100] as const,
      },
      line(t("Memory"), (event) => event.memory_bytes, formatBytes),
      line(t("Memory left"), (event) => event.machine_memory_available_bytes, formatBytes),
      line(t("Disk"), trafficOf("disk_read", "disk_write"), aSecond),
      line(t("Network"), trafficOf("network_received", "network_sent"), aSecond),
    ];
    return [...gpus, ...machine].filter((each) => each.values.some(Number.isFinite));
  }, [events, t]);
}

/** What went both ways, in bytes a second. */
function trafficOf(...names: string[]): (event: RunNews) => number {
  return (event) => names.reduce((sum, name) => sum + toNumber(event[`${name}_bytes_per_second`]), 0);
}

function gpusOf(event: RunNews | undefined): Record<string, number>[] {
  return Array.isArray(event?.gpus) ? (event.gpus as Record<string, number>[]) : [];
}

function toNumber(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
