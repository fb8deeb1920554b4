import { useMemo } from "react";
import type { ChartMarker, XKind } from "../../../charts/types.ts";
import { rehearsalOf, STAGE_WORDS } from "../../../data/live/rehearsal.ts";
import type { RunView } from "../../../data/live/runStore.ts";
import type { Curve } from "../../../data/series.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatBytes, formatDuration, formatValue } from "../../../ui/format.ts";
import { placeOf, type RunMark } from "../facts/markers.ts";

/** What a mark says, in a few words. */
export function useMarkWords(): (mark: RunMark) => string {
  const { t } = useTranslation();
  return ({ kind, event, values }) => {
    if (kind === "checkpoint") {
      return t("checkpoint, {{bytes}}", { bytes: formatBytes(Number(event?.bytes ?? 0)) });
    }
    if (kind === "change") {
      const set = (event?.arguments ?? {}) as { key?: string; value?: unknown };
      return `${set.key} → ${set.value}`;
    }
    if (kind === "evaluation") {
      const loss = values["val/loss"];
      return loss === undefined ? t("samples") : t("validation loss {{loss}}", { loss: formatValue(loss) });
    }
    const rehearsal = rehearsalOf(event);
    if (rehearsal?.failed) {
      const stage = t(STAGE_WORDS[rehearsal.failed] ?? rehearsal.failed);
      return t("the rehearsal failed at: {{stage}}", { stage });
    }
    if (rehearsal) return t("rehearsed in {{time}}", { time: formatDuration(rehearsal.seconds) });
    return event?.type === "rewind" ? t("goes back to here") : String(event?.message ?? "");
  };
}

/** The marks on the chart's own x-axis. */
export function useChartMarks(
  marks: readonly RunMark[],
  curves: RunView["curves"],
  other: ReadonlyMap<string, Curve> | null,
  xKind: XKind,
  onOpen: (id: string) => void,
): readonly ChartMarker[] {
  const words = useMarkWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and onOpen say the same at every render
  return useMemo(() => {
    const place = placer(curves.get("train/loss"), xKind === "step" ? undefined : other?.get("train/loss"));
    return marks.map((mark) => ({
      id: mark.id,
      kind: mark.kind,
      x: place(mark.step),
      label: words(mark),
      onOpen: () => onOpen(mark.id),
    }));
  }, [marks, curves, other, xKind]);
}

/** From steps to the other axis: point by point where both curves are exact, else along a line. */
function placer(steps: Curve | undefined, other: Curve | undefined): (step: number) => number {
  if (!steps || !other || other.x.length === 0) return (step) => step;
  if (steps.isExact && other.isExact) {
    const size = Math.min(steps.x.length, other.x.length);
    const [x, y] = [steps.x.slice(0, size), other.x.slice(0, size)];
    return (step) => placeOf(step, x, y);
  }
  const x = Float64Array.of(steps.x[0] ?? 0, steps.x.at(-1) ?? 1);
  const y = Float64Array.of(other.x[0] ?? 0, other.x.at(-1) ?? 1);
  return (step) => placeOf(step, x, y);
}
