import { useTranslation } from "../../i18n/i18n.ts";
import type { FieldProps } from "../../ui/FieldFrame/field.ts";
import type { Entry } from "../model/entries.ts";
import { piecesOf } from "../model/plain.ts";
import { breachOf, nearest, readFix, sentenceOf } from "../model/problems.ts";
import { showRange, showValue } from "../model/show.ts";
import { isSame } from "../model/values.ts";
import { Widget } from "../widgets/Widget.tsx";
import { type FormHands, useForm } from "./context.ts";

type T = (key: string, values?: Record<string, unknown>) => string;
const WIDE = new Set(["list", "map", "choices"]);

export interface FieldViewProps {
  entry: Entry;
  /** Say in which group it stands and its exact name: in the results of a search. */
  isFull?: boolean;
  /** Instead of its own label, for screen readers alone: an item of a list. */
  label?: string;
}

/** One setting: its control within label, help with range, error with fix, and “was 8”. */
export function FieldView({ entry, isFull = false, label }: FieldViewProps) {
  const { t } = useTranslation();
  const hands = useForm();
  const { field, name } = entry;
  const isWide = WIDE.has(field.control.type) || (field.control.type === "text" && field.control.long);
  const frame: FieldProps = {
    ...(label === undefined
      ? { label: t(field.label), help: <Help entry={entry} isFull={isFull} /> }
      : { label, hideLabel: true }),
    name,
    ...(field.unit ? { unit: t(field.unit) } : {}),
    ...(isWide ? { className: "sm:col-span-2" } : {}),
    ...wrongOf(t, entry, hands),
    ...changeOf(t, entry, hands),
  };
  return (
    <Widget
      entry={entry}
      frame={frame}
      onChange={(next, typed) => hands.edit(entry, next, typed)}
      options={hands.suggestions[name.replace(/\.\d+(?=\.|$)/g, "")]}
      draw={FieldView}
    />
  );
}

function Help({ entry, isFull }: { entry: Entry; isFull: boolean }) {
  const { t } = useTranslation();
  const range = showRange(t, entry.field);
  const chosen = entry.branches?.find((each) => each.kind === entry.value);
  return (
    <>
      {piecesOf(t(chosen?.help || entry.field.help)).map(({ text, isCode }, at) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence have a fixed order
        isCode ? <code key={at}>{text}</code> : <span key={at}>{text}</span>,
      )}
      {range && ` ${range}`}
      {isFull && (
        <>
          {" "}
          <code>{entry.name}</code>
        </>
      )}
    </>
  );
}

function fixTo(t: T, hands: FormHands, entry: Entry, value: unknown, name = entry.name) {
  const shown = showValue(t, entry.field, value, entry.branches !== undefined && name === entry.name);
  return { label: t("Use {{value}}", { value: shown }), onApply: () => hands.apply({ name, value }) };
}

/** Error and fix. A bound that the number field says itself is left to it; the fix stays ours. */
function wrongOf(t: T, entry: Entry, hands: FormHands): Pick<FieldProps, "error" | "fix"> {
  const { control } = entry.field;
  const own = ownError(t, entry);
  const problem = hands.problems.get(entry.name);
  if (control.type === "number") {
    const right = nearest(entry.value, control, entry.default);
    const isPlain = typeof entry.value === "number" && right !== undefined;
    const fix = right === undefined || (!own && !isPlain) ? {} : { fix: fixTo(t, hands, entry, right) };
    if (own) return { error: own, ...fix };
    if (isPlain) return { error: outside(t, entry, right), ...fix };
  }
  if (own) return { error: own };
  if (!problem) return {};
  const fix = readFix(problem, hands.names);
  return {
    error: sentenceOf(t, problem, fix !== undefined, entry.name),
    ...(fix ? { fix: fixTo(t, hands, entry, fix.value, fix.name) } : {}),
  };
}

function ownError(t: T, { field, value }: Entry): string | undefined {
  if (field.control.type !== "number") return undefined;
  if (value === null && !field.isOptional) return t("A value is needed.");
  const breach = breachOf(value, field.control);
  if (!breach) return undefined;
  const words = { text: showValue(t, field, value), limit: String(breach.than) };
  return breach.limit === "above"
    ? t("{{text}} is too small. It must be more than {{limit}}.", words)
    : t("{{text}} is too large. It must be less than {{limit}}.", words);
}

function outside(t: T, { field, value }: Entry, right: number): string {
  const range = showRange(t, field) ?? "";
  const text = showValue(t, field, value);
  return typeof value === "number" && value < right
    ? t("{{text}} is too small. {{range}}", { text, range })
    : t("{{text}} is too large. {{range}}", { text, range });
}

function changeOf(t: T, entry: Entry, hands: FormHands): Pick<FieldProps, "change"> {
  if (!hands.baseline) return {};
  const old = hands.baseline.get(entry.name);
  const was = old ? old.value : entry.default;
  if (isSame(was, entry.value)) return {};
  const shown = showValue(t, entry.field, was, entry.branches !== undefined);
  return { change: { was: shown, onReset: () => hands.restore(entry) } };
}
