import { SlidersHorizontal, Undo2 } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount, formatMoment } from "../../../ui/format.ts";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import type { JournalEntry } from "../facts/journal.ts";
import { ChangeSetting } from "./ChangeSetting.tsx";
import { useKnobs } from "./useKnobs.ts";

export interface JournalProps {
  /** Newest first. */
  entries: readonly JournalEntry[];
  /** What a setting is now. */
  current: (key: string) => unknown;
  /** Whether the past has been read. */
  isLoaded?: boolean;
  /** Names of the datasets that are mixed in. */
  mix?: readonly string[];
  /** Command under way. */
  pending: string;
  /** Why nothing can be changed now. */
  why?: string;
  /** Whether the run has ended: then nothing is offered. */
  isOver?: boolean;
  onSet: (key: string, value: number | null) => Promise<boolean>;
}

/** Every command with the trainer's answer; a change can be taken back. */
export function Journal(props: JournalProps) {
  const { entries, current, isLoaded = true, pending, why, isOver = false, onSet } = props;
  const { t } = useTranslation();
  return (
    <Panel
      title={t("Journal")}
      count={t("replayed on reproduction")}
      flush
      status={entries.length > 0 || pending ? "ready" : isLoaded ? "empty" : "loading"}
      loading={<LoadingState text={t("Reading the journal")} height={100} />}
      empty={
        <EmptyState
          title={t("No commands yet")}
          text={t("Pauses, checkpoints and changes of settings stand here, each with the trainer's answer.")}
        />
      }
      {...(isOver ? {} : { tools: <Changer {...props} /> })}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ol aria-label={t("Journal")} tabIndex={0} className="max-h-72 overflow-y-auto">
        {pending && (
          <li className="flex items-center gap-2 border-t border-line px-4 py-2 text-muted">
            <CommandWord command={pending} />
            <span className="ml-auto text-caption">{t("waits for the trainer")}</span>
          </li>
        )}
        {entries.map((entry) => (
          <Entry
            key={`${entry.number}-${entry.time}`}
            entry={entry}
            canUndo={
              !why &&
              !isOver &&
              entry.accepted &&
              current(entry.key) === entry.value &&
              entry.before !== entry.value
            }
            onSet={onSet}
            {...(props.mix ? { mix: props.mix } : {})}
          />
        ))}
      </ol>
    </Panel>
  );
}

function Changer({ current, pending, why, mix, onSet }: JournalProps) {
  const { t } = useTranslation();
  return (
    <Popover
      label={t("Change a setting")}
      placement="bottom end"
      trigger={
        <Button size="small" icon={SlidersHorizontal}>
          {t("Change a setting")}
        </Button>
      }
    >
      {(close) => (
        <ChangeSetting
          current={current}
          isPending={pending === "set"}
          onSet={async (key, value) => {
            const isAccepted = await onSet(key, value);
            if (isAccepted) close();
            return isAccepted;
          }}
          {...(why ? { why } : {})}
          {...(mix ? { mix } : {})}
        />
      )}
    </Popover>
  );
}

interface EntryProps {
  entry: JournalEntry;
  canUndo: boolean;
  mix?: readonly string[];
  onSet: JournalProps["onSet"];
}

function Entry({ entry, canUndo, mix, onSet }: EntryProps) {
  const { t } = useTranslation();
  const knob = useKnobs(mix).find((each) => each.key === entry.key);
  const words = (value: unknown) => (value === null || value === undefined ? t("none") : String(value));
  const isNumber = typeof entry.before === "number" || entry.before === null;
  return (
    <li className="border-t border-line px-4 py-2" title={formatMoment(entry.time)}>
      <div className="flex items-center gap-2">
        <span className="text-xs text-muted tabular-nums">{`#${entry.number}`}</span>
        <span className="min-w-0 wrap-anywhere">
          {entry.key ? (
            `${knob?.label ?? entry.key} ${words(entry.before)} → ${words(entry.value)}`
          ) : (
            <CommandWord command={entry.command} />
          )}
        </span>
        {!entry.accepted && <Tag tone="danger">{t("refused")}</Tag>}
        <span className="ml-auto text-caption whitespace-nowrap text-muted tabular-nums">
          {t("step {{step}}", { step: formatCount(entry.step) })}
        </span>
        {entry.key && canUndo && isNumber && (
          <Button
            look="ghost"
            size="small"
            icon={Undo2}
            onPress={() => void onSet(entry.key, entry.before as number | null)}
          >
            {t("Undo")}
          </Button>
        )}
      </div>
      {entry.message && <p className="pl-6 text-caption wrap-anywhere text-muted">{entry.message}</p>}
    </li>
  );
}

function CommandWord({ command }: { command: string }) {
  const { t } = useTranslation();
  const words: Record<string, string> = {
    pause: t("Pause"),
    resume: t("Resume"),
    stop: t("Stop"),
    stop_now: t("Stop now"),
    checkpoint: t("Save checkpoint"),
    evaluate: t("Evaluate now"),
    sample: t("Sample now"),
    xray: t("X-ray of a step"),
    set: t("Change a setting"),
  };
  return <span>{words[command] ?? command}</span>;
}
