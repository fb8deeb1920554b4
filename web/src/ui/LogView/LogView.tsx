import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, Check } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { formatClock, formatCount, formatMoment } from "../format.ts";
import { LogSearch } from "./LogSearch.tsx";
import { useAnnouncement } from "./useAnnouncement.ts";

export interface LogLine {
  /** Unix seconds. */
  time: number;
  /** step, save, eval, info, warning, error. */
  level: string;
  text: string;
}

export interface LogViewProps {
  /** In order, oldest first. A hundred thousand are fine. */
  lines: readonly LogLine[];
  /** Accessible name: "Log of linen-07". */
  name: string;
  /** Height in px. */
  height?: number;
  /** Whether it starts at the newest line and stays there. Scrolling up leaves it, the button returns. */
  follow?: boolean;
  /** Words to look for; the field above changes it. */
  search?: string;
}

const ROW = 20;

function tone(level: string): { field: string; word: string } {
  if (/^(error|critical|fatal)/i.test(level)) return { field: "bg-danger-wash", word: "text-danger" };
  if (/^warn/i.test(level)) return { field: "bg-warning-wash", word: "text-warning" };
  return { field: "", word: "text-muted" };
}

function Line({ line }: { line: LogLine }) {
  const { field, word } = tone(line.level);
  return (
    <div
      className={`grid grid-cols-[64px_48px_minmax(0,1fr)] gap-2 px-4 max-sm:grid-cols-[64px_minmax(0,1fr)] ${field}`}
    >
      <time
        className={field ? "text-text-2" : "text-muted"}
        dateTime={new Date(line.time * 1000).toISOString()}
        title={formatMoment(line.time)}
      >
        {formatClock(line.time)}
      </time>
      <b className={`truncate font-medium max-sm:sr-only ${word}`} title={line.level}>
        {line.level}
      </b>
      <span className="wrap-anywhere whitespace-pre-wrap">{line.text}</span>
    </div>
  );
}

function useFound(lines: readonly LogLine[], search: string): readonly LogLine[] {
  return useMemo(() => {
    const words = search.trim().toLowerCase();
    if (words === "") return lines;
    return lines.filter(
      ({ text, level }) => text.toLowerCase().includes(words) || level.toLowerCase().includes(words),
    );
  }, [lines, search]);
}

/** A log that follows, is searched, and stays quick at any length. */
export function LogView({ lines, name, height = 240, follow = true, search = "" }: LogViewProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState(search);
  const [isFollowing, setFollowing] = useState(follow);
  const scroller = useRef<HTMLDivElement>(null);
  const found = useFound(lines, words);
  const said = useAnnouncement(lines);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  useEffect(() => {
    if (isFollowing && found.length > 0) virtual.scrollToIndex(found.length - 1, { align: "end" });
  }, [isFollowing, found.length, virtual]);
  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const rest = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (rest < ROW) setFollowing(true);
    else if (rest > 4 * ROW && !virtual.isScrolling) setFollowing(false);
  };
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
        <LogSearch value={words} onChange={setWords} />
        <span className="text-caption text-muted tabular-nums">
          {words.trim() === ""
            ? t("{{total}} lines", {
                count: lines.length,
                total: formatCount(lines.length),
                defaultValue_one: "{{total}} line",
              })
            : t("{{found}} of {{total}} lines", {
                found: formatCount(found.length),
                total: formatCount(lines.length),
              })}
        </span>
        <Button
          size="small"
          look="ghost"
          icon={isFollowing ? Check : ArrowDown}
          className="ml-auto"
          onPress={() => setFollowing(!isFollowing)}
        >
          {isFollowing ? t("Following") : t("Follow")}
        </Button>
      </div>
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        onWheel={(event) => event.deltaY < 0 && setFollowing(false)}
        onKeyDown={(event) => ["ArrowUp", "PageUp", "Home"].includes(event.key) && setFollowing(false)}
        className="overflow-y-auto py-2 font-mono text-[12px] leading-5 outline-offset-[-2px]"
        style={{ height }}
      >
        {found.length === 0 && (
          <p className="px-4 font-sans text-muted">
            {lines.length === 0 ? t("Nothing is written yet") : t("No line has these words")}
          </p>
        )}
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const line = found[index];
            return (
              <div
                key={key}
                data-index={index}
                ref={virtual.measureElement}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                {line && <Line line={line} />}
              </div>
            );
          })}
        </div>
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}
