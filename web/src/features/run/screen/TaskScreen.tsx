import { useTranslation } from "../../../i18n/i18n.ts";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { formatBytes, formatCount, formatDuration } from "../../../ui/format.ts";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { busySeconds } from "../facts/pace.ts";
import { Failure } from "../outcome/Failure.tsx";
import { TaskResult } from "../outcome/TaskResult.tsx";
import { Waiting } from "../outcome/Waiting.tsx";
import { LedgerPanel } from "../panels/LedgerPanel.tsx";
import { LogPanel } from "../panels/LogPanel.tsx";
import { hasReadings, Resources } from "../panels/Resources.tsx";
import { Head } from "./Head.tsx";
import { type ScreenProps, tabOf } from "./types.ts";

/** Work that learns nothing: an import, a tokenizer, an evaluation, an export, a text. */
export function TaskScreen(props: ScreenProps) {
  const { data, search, onSearch } = props;
  const { run, view } = data;
  const result = view.events.findLast((event) => event.type === "result")?.result;
  const isMeasured = hasReadings({ events: view.events, isLive: data.isLive, isLoaded: view.isLoaded });
  const isWaiting = run.state === "queued" || run.state === "starting";
  return (
    <Page>
      <Head {...props} />
      {isWaiting && <Waiting run={run} others={data.others} />}
      {(run.state === "failed" || run.state === "interrupted") && (
        <Failure
          run={run}
          lastSaved={null}
          isTraining={false}
          isStarting={props.again.isStarting}
          onAgain={props.again.onAgain}
          onRecipe={() => undefined}
          forkAt={null}
          onFork={() => undefined}
        />
      )}
      {!isWaiting && <TaskProgress {...props} />}
      <Cell span={isMeasured ? 7 : 12}>
        <TaskResult
          run={run.id}
          task={run.task}
          result={(result as Record<string, unknown> | undefined) ?? null}
          isLive={data.isLive}
        />
      </Cell>
      {isMeasured && (
        <Cell span={5} full>
          <Resources events={view.events} isLive={data.isLive} isLoaded={view.isLoaded} />
        </Cell>
      )}
      <LogPanel
        name={run.name}
        events={view.events}
        isLoaded={view.isLoaded}
        output={props.output}
        tab={tabOf(search)}
        onTab={(tab) => onSearch({ log_tab: tab === "console" ? tab : undefined })}
      />
      <LedgerPanel events={view.events} search={search} onSearch={onSearch} />
    </Page>
  );
}

function TaskProgress({ data, now }: ScreenProps) {
  const { t } = useTranslation();
  const { run, view, isLive } = data;
  const progress = view.events.findLast((event) => event.type === "progress");
  const busy = busySeconds(view.events, now, isLive);
  const time = busy > 0 ? t("{{time}} of work", { time: formatDuration(busy) }) : "";
  if (!progress || !isLive) return time ? <p className="text-muted">{time}</p> : null;
  const done = Number(progress.done);
  const total = typeof progress.total === "number" && progress.total > 0 ? progress.total : null;
  const unit = String(progress.unit ?? "");
  const words = (value: number) =>
    unit === "bytes" ? formatBytes(value) : `${formatCount(value)} ${unit}`.trim();
  return (
    <Cloth
      done={done}
      total={total}
      name={t("Progress of {{name}}", { name: run.name })}
      label={
        <strong>
          {total
            ? t("{{phase}}: {{done}} of {{total}}", {
                phase: String(progress.phase),
                done: words(done),
                total: words(total),
              })
            : t("{{phase}}: {{done}}", { phase: String(progress.phase), done: words(done) })}
        </strong>
      }
      text={time}
    />
  );
}
