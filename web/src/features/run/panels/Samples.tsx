import { memo, useMemo } from "react";
import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Slider } from "../../../ui/Slider/Slider.tsx";
import { ThreadLine } from "../../../ui/ThreadLine/ThreadLine.tsx";
import { type Thread, threadOf } from "../../../ui/thread.ts";

export interface SamplesProps {
  events: readonly RunNews[];
  thread: Thread;
  /** Whether the past has been read. */
  isLoaded?: boolean;
  /** Whether the model writes at all: one of classes or scores does not. */
  writes?: boolean;
  /** Index of the prompt and of the later sample, as the address says. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

interface Sample {
  prompt: string;
  text: string;
  reference?: string;
}

interface Sampled {
  step: number;
  samples: Sample[];
}

/** What the model wrote on the same prompts: at first, and at the step one slides to. */
export const Samples = memo(function Samples({
  events,
  thread,
  isLoaded = true,
  writes = true,
  search,
  onSearch,
}: SamplesProps) {
  const { t } = useTranslation();
  const all = useMemo(() => sampledOf(events), [events]);
  const first = all[0];
  const at = clamp(search.sample === undefined ? all.length - 1 : Number(search.sample), all.length - 1);
  const later = all[at];
  const prompts = later?.samples.map((sample) => sample.prompt) ?? [];
  const prompt = clamp(Number(search.prompt ?? 0), prompts.length - 1);
  if (!first || !later) {
    return (
      <Panel
        title={t("Samples")}
        status={isLoaded ? "empty" : "loading"}
        loading={<LoadingState text={t("Reading the samples")} height={120} />}
        empty={
          <EmptyState
            title={writes ? t("No samples yet") : t("No samples")}
            text={
              writes
                ? t("The model writes on the same prompts at every measurement, so one sees it learn.")
                : t("A model of classes or scores writes no text.")
            }
          />
        }
      />
    );
  }
  const before = first.samples.find((sample) => sample.prompt === prompts[prompt]) ?? first.samples[prompt];
  return (
    <Panel
      title={t("Samples")}
      count={t("prompt {{at}} of {{all}}", { at: prompt + 1, all: prompts.length })}
      footer={
        all.length > 1 ? (
          <div className="w-full">
            <Slider
              label={t("Step of the sample")}
              value={at}
              minimum={0}
              maximum={all.length - 1}
              step={1}
              onChange={(value) => onSearch({ sample: value === all.length - 1 ? undefined : String(value) })}
              format={(value) => formatCount(all[value]?.step ?? 0)}
            />
          </div>
        ) : undefined
      }
    >
      {prompts.length > 1 && (
        <Select
          label={t("Prompt")}
          hideLabel
          className="mb-3"
          options={prompts.map((text, index) => ({ id: String(index), label: short(text) }))}
          value={String(prompt)}
          onChange={(value) => onSearch({ prompt: value === "0" ? undefined : value })}
        />
      )}
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 max-sm:grid-cols-1">
        <Text
          title={
            first.step === 0
              ? t("before training")
              : t("first, step {{step}}", { step: formatCount(first.step) })
          }
          thread={threadOf(3)}
          sample={before}
        />
        {later !== first && (
          <Text
            title={t("step {{step}}", { step: formatCount(later.step) })}
            thread={thread}
            sample={later.samples[prompt]}
          />
        )}
      </div>
      {later.samples[prompt]?.reference && (
        <p className="mt-3 border-t border-line pt-2 text-caption wrap-anywhere text-muted">
          {t("The dataset answers: {{text}}", { text: later.samples[prompt].reference })}
        </p>
      )}
    </Panel>
  );
});

function Text({ title, thread, sample }: { title: string; thread: Thread; sample: Sample | undefined }) {
  const { t } = useTranslation();
  return (
    <section className="min-w-0">
      <h3 className="mb-1.5 flex items-center gap-2 text-caption font-normal text-muted">
        <ThreadLine thread={thread} />
        {title}
      </h3>
      {sample ? (
        <p className="wrap-anywhere whitespace-pre-wrap">
          <span className="text-muted">{sample.prompt} </span>
          {sample.text === "" ? <em className="text-muted">{t("nothing")}</em> : sample.text}
        </p>
      ) : (
        <p className="text-muted">{t("This prompt was not asked then.")}</p>
      )}
    </section>
  );
}

function sampledOf(events: readonly RunNews[]): Sampled[] {
  return events
    .filter((event) => event.type === "sample" && !event.asked)
    .filter((event) => Array.isArray(event.samples) && event.samples.length > 0)
    .map((event) => ({
      step: Number(event.step ?? 0),
      samples: (event.samples as Partial<Sample>[]).map((sample) => ({
        prompt: String(sample.prompt ?? ""),
        text: String(sample.text ?? ""),
        ...(sample.reference ? { reference: String(sample.reference) } : {}),
      })),
    }));
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(Number.isFinite(value) ? Math.round(value) : 0, most));
}

function short(text: string): string {
  const line = text.replaceAll("\n", " ↵ ");
  return line.length > 90 ? `${line.slice(0, 89)}…` : line || "∅";
}
