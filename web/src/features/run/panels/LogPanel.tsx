import { memo, useEffect, useMemo, useRef } from "react";
import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { LogView } from "../../../ui/LogView/LogView.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { linesOf } from "../facts/lines.ts";
import type { OutputView } from "../live/useOutput.ts";

export interface LogPanelProps {
  name: string;
  events: readonly RunNews[];
  /** Whether the past has been read. */
  isLoaded?: boolean;
  /** What the processes printed. */
  output: OutputView;
  tab: "events" | "console";
  onTab: (tab: "events" | "console") => void;
}

/** What the run said, and what its processes printed. */
export const LogPanel = memo(function LogPanel({
  name,
  events,
  isLoaded = true,
  output,
  tab,
  onTab,
}: LogPanelProps) {
  const { t } = useTranslation();
  const lines = useMemo(() => linesOf(events, t as never), [events, t]);
  return (
    <Panel
      title={t("Log")}
      flush
      status={isLoaded || tab === "console" ? "ready" : "loading"}
      loading={<LoadingState text={t("Reading the log")} height={280} />}
      tools={
        <Segmented
          label={t("Kind of log")}
          size="small"
          options={[
            { id: "events", label: t("Events") },
            { id: "console", label: t("Console") },
          ]}
          value={tab}
          onChange={onTab}
        />
      }
    >
      {tab === "events" ? (
        <LogView lines={lines} name={t("Log of {{name}}", { name })} height={280} />
      ) : (
        <Console name={name} output={output} />
      )}
    </Panel>
  );
});

const AT_END = 40;

function Console({ name, output }: { name: string; output: OutputView }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  const isFollowing = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what comes
  useEffect(() => {
    if (box.current && isFollowing.current) box.current.scrollTop = box.current.scrollHeight;
  }, [output.text]);
  if (output.error) {
    return (
      <div className="px-4 pb-4">
        <ErrorState
          what={t("The console output could not be read")}
          why={output.error}
          onRetry={output.retry}
        />
      </div>
    );
  }
  if (output.isLoading) {
    return (
      <div className="px-4 pb-4">
        <LoadingState text={t("Reading the console output")} height={200} />
      </div>
    );
  }
  if (output.text === "") {
    return (
      <div className="px-4 pb-4">
        <EmptyState
          title={t("Nothing was printed")}
          text={t("What the run's processes print stands here, errors with their whole trace.")}
        />
      </div>
    );
  }
  return (
    <div>
      <div className="flex items-center gap-2 border-b border-line px-4 py-1.5 text-caption text-muted">
        {output.isCut ? t("The end of it; the whole is in the run's folder.") : t("All of it")}
        <span className="ml-auto">
          <CopyButton text={output.text} />
        </span>
      </div>
      <section
        ref={box}
        aria-label={t("Console of {{name}}", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          isFollowing.current = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END;
        }}
        className="h-70 overflow-auto px-4 py-2 outline-offset-[-2px]"
      >
        <pre className="font-mono text-[12px] leading-5 wrap-anywhere whitespace-pre-wrap">{output.text}</pre>
      </section>
    </div>
  );
}
