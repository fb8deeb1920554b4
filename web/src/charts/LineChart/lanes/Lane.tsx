import { type KeyboardEvent, type RefObject, useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { ChartMarker, MarkerKind, XAxis } from "../../types.ts";
import { type Translate, xWords } from "../summary.ts";
import { type MarkerGroup, TARGET } from "./group.ts";
import { MarkerGlyph } from "./MarkerGlyph.tsx";

export interface LaneProps {
  groups: readonly MarkerGroup[];
  x: XAxis;
  chosenId: string | null;
  onChoose: (marker: ChartMarker) => void;
  /** The plot's place in the chart, px. */
  left: number;
  width: number;
  lane: RefObject<HTMLDivElement | null>;
}

function kindWords(t: Translate, kind: MarkerKind): string {
  const words = {
    checkpoint: t("Checkpoint"),
    evaluation: t("Evaluation"),
    change: t("Live change"),
    anomaly: t("Anomaly"),
    rehearsal: t("Rehearsal"),
  };
  return words[kind];
}

function markerWords(t: Translate, x: XAxis, marker: ChartMarker): string {
  return t("{{kind}} at {{at}}: {{label}}", {
    kind: kindWords(t, marker.kind),
    at: xWords(t, x, marker.x),
    label: marker.label,
  });
}

/** Left and right walk along the lane. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("[data-marker]")];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at < 0) return;
  event.preventDefault();
  buttons[at + by]?.focus();
}

/** Events below the x-axis. A merged one opens its list. */
export function Lane({ groups, x, chosenId, onChoose, left, width, lane }: LaneProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string | null>(null);
  const opened = groups.find((group) => group.members.length > 1 && group.members[0]?.id === open);
  return (
    <div
      ref={lane}
      role="toolbar"
      aria-label={t("Events")}
      className="relative h-7"
      style={{ marginLeft: left, width }}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(null);
        walk(event);
      }}
    >
      <div className="absolute inset-x-0 top-3.5 h-px bg-line" />
      {groups.map((group) => (
        <Marker
          key={group.members[0]?.id}
          group={group}
          x={x}
          isChosen={group.members.some((each) => each.id === chosenId)}
          isOpen={opened === group}
          onPress={() => {
            const [first] = group.members;
            if (!first) return;
            if (group.members.length === 1) onChoose(first);
            else setOpen(opened === group ? null : first.id);
          }}
        />
      ))}
      {opened && (
        <MarkerList
          group={opened}
          x={x}
          width={width}
          onChoose={(marker) => {
            setOpen(null);
            onChoose(marker);
          }}
        />
      )}
    </div>
  );
}

interface MarkerProps {
  group: MarkerGroup;
  x: XAxis;
  isChosen: boolean;
  isOpen: boolean;
  onPress: () => void;
}

const SERIOUS: readonly MarkerKind[] = ["anomaly", "change", "evaluation", "checkpoint", "rehearsal"];

function Marker({ group, x, isChosen, isOpen, onPress }: MarkerProps) {
  const { t } = useTranslation();
  const [first] = group.members;
  if (!first) return null;
  const count = group.members.length;
  const kind = SERIOUS.find((each) => group.members.some((member) => member.kind === each)) ?? first.kind;
  const name =
    count === 1
      ? markerWords(t, x, first)
      : t("{{count}} events near {{at}}", { count, at: xWords(t, x, first.x) });
  return (
    <button
      type="button"
      data-marker={first.id}
      aria-label={name}
      title={name}
      {...(count === 1 ? { "aria-pressed": isChosen } : { "aria-expanded": isOpen })}
      onClick={onPress}
      className={`absolute top-0.5 flex h-6 items-center justify-center gap-px rounded-control text-xs text-text-2 hover:bg-hover ${isChosen || isOpen ? "bg-accent-wash" : ""}`}
      style={{ left: group.left - TARGET / 2, width: TARGET }}
    >
      <MarkerGlyph kind={kind} />
      {count > 1 && <span>{count}</span>}
    </button>
  );
}

interface MarkerListProps {
  group: MarkerGroup;
  x: XAxis;
  width: number;
  onChoose: (marker: ChartMarker) => void;
}

function MarkerList({ group, x, width, onChoose }: MarkerListProps) {
  const { t } = useTranslation();
  const isLeft = group.left < width / 2;
  return (
    <ul
      className="absolute top-7 z-30 max-h-56 max-w-72 overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-pop"
      style={
        isLeft ? { left: Math.max(0, group.left - 12) } : { right: Math.max(0, width - group.left - 12) }
      }
    >
      {group.members.map((marker) => (
        <li key={marker.id}>
          <button
            type="button"
            onClick={() => onChoose(marker)}
            className="flex min-h-7 w-full items-center gap-2 rounded-control px-2 text-left text-caption hover:bg-hover"
          >
            <MarkerGlyph kind={marker.kind} />
            <span className="min-w-0 flex-1 truncate">{markerWords(t, x, marker)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
