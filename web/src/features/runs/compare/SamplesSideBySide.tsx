import { queryOptions, useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "../../../data/client.ts";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { RunChip } from "../../../ui/RunChip/RunChip.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { threadsOf } from "./threads.ts";

export interface Sample {
  prompt: string;
  text: string;
}

export interface SampledRun {
  run: Pick<Run, "id" | "name" | "ordinal">;
  step: number | null;
  samples: readonly Sample[];
}

const PAGE = 100;

/** The newest event with samples of a run's fixed prompts, or null. Pages come oldest first; only the last one is kept. */
function newestSampleQuery(id: string) {
  return queryOptions({
    queryKey: ["run", id, "newest sample"],
    queryFn: async () => {
      let newest: Record<string, unknown> | null = null;
      let cursor = "";
      do {
        const query = { type: ["sample"], cursor, limit: PAGE };
        const page = await data(api.GET("/api/runs/{id}/events", { params: { path: { id }, query } }));
        newest = page.items.findLast(({ event }) => !event.asked)?.event ?? newest;
        cursor = page.next_cursor;
      } while (cursor);
      return newest;
    },
  });
}

interface SamplesSideBySideProps {
  runs: readonly Run[];
  /** The curves come first: what is asked here waits for them. */
  isReady: boolean;
}

/** The newest samples of each run for the same prompt. */
export function SamplesSideBySide({ runs, isReady }: SamplesSideBySideProps) {
  const { t } = useTranslation();
  const answers = useQueries({
    queries: runs.map((run) => ({ ...newestSampleQuery(run.id), enabled: isReady })),
  });
  if (answers.some((answer) => answer.isPending)) {
    return (
      <Panel
        title={t("Samples")}
        status="loading"
        loading={<LoadingState text={t("Reading the samples")} height={200} />}
      />
    );
  }
  const sampled = runs.map((run, index) => {
    const event = answers[index]?.data;
    return { run, step: (event?.step as number | null) ?? null, samples: samplesOf(event?.samples) };
  });
  return <Samples runs={sampled} />;
}

/** One prompt, and what each run made of it. */
export function Samples({ runs }: { runs: readonly SampledRun[] }) {
  const { t } = useTranslation();
  const threads = threadsOf(runs.map((each) => each.run));
  const prompts = [...new Set(runs.flatMap((each) => each.samples.map((sample) => sample.prompt)))];
  const [chosen, setChosen] = useState<string | null>(null);
  const prompt = chosen && prompts.includes(chosen) ? chosen : (prompts[0] ?? "");
  if (prompts.length === 0) {
    return (
      <Panel
        title={t("Samples")}
        status="empty"
        empty={
          <EmptyState
            title={t("No samples yet")}
            text={t("Runs write samples at every evaluation, for the prompts of their recipe.")}
          />
        }
      />
    );
  }
  return (
    <Panel
      title={t("Samples")}
      count={t("{{count}} prompts", { count: prompts.length, defaultValue_one: "One prompt" })}
      flush
    >
      <div className="border-b border-line px-4 pb-3">
        <Select
          label={t("Prompt")}
          value={prompt}
          onChange={setChosen}
          options={prompts.map((each) => ({
            id: each,
            label: each.length > 90 ? `${each.slice(0, 90)}…` : each || t("(empty)"),
          }))}
        />
      </div>
      <div className="grid grid-cols-2 max-sm:grid-cols-1">
        {runs.map(({ run, step, samples }) => (
          <section
            key={run.id}
            className="min-w-0 border-t border-line px-4 py-3 odd:border-r max-sm:odd:border-r-0"
          >
            <p className="mb-2 flex justify-between gap-2 text-caption text-muted">
              <RunChip thread={threads(run.id)} name={run.name} />
              {step !== null && <span>{t("step {{step}}", { step })}</span>}
            </p>
            <p className="wrap-anywhere whitespace-pre-wrap">
              {samples.find((sample) => sample.prompt === prompt)?.text ?? (
                <span className="text-muted">{t("No sample for this prompt")}</span>
              )}
            </p>
          </section>
        ))}
      </div>
    </Panel>
  );
}

export function samplesOf(value: unknown): Sample[] {
  if (!Array.isArray(value)) return [];
  return value.map((each) => ({
    prompt: String(each?.prompt ?? ""),
    text: String(each?.text ?? each?.completion ?? ""),
  }));
}
