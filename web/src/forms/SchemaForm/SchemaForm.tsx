import { type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Disclosure } from "../../ui/Disclosure/Disclosure.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import type { Option } from "../../ui/Select/Select.tsx";
import { change, type Entry, entriesOf, reset } from "../model/entries.ts";
import { namesOf } from "../model/items.ts";
import { fieldsOf } from "../model/model.ts";
import { around, type FieldProblem, sortProblems } from "../model/problems.ts";
import type { RootSchema, Values } from "../model/schema.ts";
import { isFound, isShown, type Level, sectionsOf } from "../model/sections.ts";
import { summarise } from "../model/show.ts";
import { pathOf, setAt, unsetAt } from "../model/values.ts";
import { Across } from "./Across.tsx";
import { FormContext, type FormHands } from "./context.ts";
import { FieldView } from "./FieldView.tsx";
import { type Reveal, useReveal } from "./useReveal.ts";

export interface SchemaFormProps {
  /** What `GET /api/schema/recipe` answers. */
  schema: RootSchema;
  /** Name of the definition to draw, such as `PretrainSpec`. */
  definition: string;
  /** Only what differs from the defaults need be there. */
  value: Values;
  /** The whole new value, and the dotted name that was typed into; empty for a fix, a reset or a choice, each a step of its own. */
  onChange: (value: Values, name: string) => void;
  /** Problems of the server, by dotted name: shown at their fields, the others on top. */
  errors?: readonly FieldProblem[];
  /** What it is compared with: “was 8”, reset by a click. */
  baseline?: Values | undefined;
  /** Beginner: what matters most. Advanced: most settings. Expert: all. */
  level?: Level;
  /** Searches names, help and dotted names, at every level. */
  query?: string;
  /** Values that exist here, by dotted name: datasets, tokenizers, models. */
  suggestions?: Readonly<Record<string, readonly Option[]>>;
  /** Something below the fields of a section, by its dotted name: a preview. */
  extras?: Readonly<Record<string, ReactNode>>;
  /** What the settings of no group are called, where “Name and seed” does not fit. */
  restTitle?: string;
  /** Show and focus this setting. */
  reveal?: Reveal | null;
}

const NO_ERRORS: readonly FieldProblem[] = [];
const GRID = "grid items-start gap-x-6 gap-y-4 sm:grid-cols-2";

/** A form drawn from the JSON Schema of the settings. It runs to the edges of its panel. */
export function SchemaForm(props: SchemaFormProps) {
  const {
    schema,
    definition,
    value,
    onChange,
    errors = NO_ERRORS,
    baseline,
    level = "advanced",
    query = "",
  } = props;
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  // A section's fields are drawn once it was opened, and stay: a hundred hidden fields would slow each key.
  const [met, setMet] = useState<ReadonlySet<string>>(new Set());
  const show = (id: string, isOpen: boolean) => {
    setOpen((now) => toggled(now, id, isOpen));
    if (isOpen) setMet((now) => toggled(now, id, true));
  };
  const fields = useMemo(() => fieldsOf(schema, definition), [schema, definition]);
  const entries = useMemo(() => entriesOf(fields, value), [fields, value]);
  const before = useMemo(
    () => (baseline ? new Map(entriesOf(fields, baseline).map((each) => [each.name, each])) : null),
    [fields, baseline],
  );
  const sorted = useMemo(() => sortProblems(errors, entries), [errors, entries]);
  const sections = useMemo(() => sectionsOf(entries), [entries]);
  const openAt = (name: string) => {
    const section = sections.find((each) => each.entries.some((entry) => entry.name === name));
    if (section) show(section.id, true);
  };
  const { shown, reveal } = useReveal(root, props.reveal, openAt);
  const names = useMemo(() => namesOf(entries), [entries]);
  const wrong = useMemo(
    () => new Set([...sorted.at.keys()].flatMap((name) => [name, ...around(name)])),
    [sorted],
  );
  const kept = useMemo(() => new Set([...wrong, ...shown]), [wrong, shown]);
  const edit = (entry: Entry, next: unknown, typed = entry.name) =>
    onChange(change(entry, value, next), entry.branches ? "" : typed);
  const hands: FormHands = {
    baseline: before,
    problems: sorted.at,
    names,
    suggestions: props.suggestions ?? {},
    edit,
    restore: (entry) => onChange(reset(entry, value, baseline ?? {}), ""),
    apply: (fix) => {
      const entry = entries.find((each) => each.name === fix.name);
      if (entry) edit(entry, fix.value, "");
      else onChange(setAt(value, pathOf(fix.name), fix.value) as Values, "");
    },
  };
  const isSeen = (entry: Entry) => isShown(entry, level, kept);
  const [top, ...groups] = sections;
  return (
    <FormContext value={hands}>
      <div ref={root}>
        <Across
          problems={sorted.across}
          entries={entries}
          onGo={reveal}
          onRemove={(name) => onChange(unsetAt(value, pathOf(name)), "")}
        />
        {query.trim() !== "" ? (
          <Found entries={entries.filter((each) => isFound(each, query.trim()))} query={query.trim()} />
        ) : (
          <>
            <div className={`${GRID} px-4 pt-1 pb-5`}>
              {top?.entries.filter(isSeen).map((entry) => (
                <FieldView key={entry.name} entry={entry} />
              ))}
            </div>
            {groups.map((section) => {
              const seen = section.entries.filter(isSeen);
              if (seen.length === 0) return null;
              return (
                <Disclosure
                  key={section.id}
                  title={section.id === "basics" && props.restTitle ? props.restTitle : t(section.title)}
                  summary={summarise(t, seen)}
                  errorCount={seen.filter((entry) => wrong.has(entry.name)).length}
                  isExpanded={open.has(section.id)}
                  onExpandedChange={(isOpen) => show(section.id, isOpen)}
                >
                  {met.has(section.id) && (
                    <div className={GRID}>
                      {seen.map((entry) => (
                        <FieldView key={entry.name} entry={entry} />
                      ))}
                    </div>
                  )}
                  {open.has(section.id) && props.extras?.[section.id]}
                </Disclosure>
              );
            })}
          </>
        )}
      </div>
    </FormContext>
  );
}

function Found({ entries, query }: { entries: readonly Entry[]; query: string }) {
  const { t } = useTranslation();
  return (
    <div className="px-4 pb-5">
      <p role="status" className="pb-3 text-caption text-muted">
        {t("{{count}} settings found", {
          count: entries.length,
          defaultValue_one: "{{count}} setting found",
        })}
      </p>
      {entries.length === 0 ? (
        <EmptyState
          title={t("No setting has “{{query}}” in its name or help", { query })}
          text={t("Settings of another kind, such as another method, show once that kind is chosen.")}
        />
      ) : (
        <div className={GRID}>
          {entries.map((entry) => (
            <FieldView key={entry.name} entry={entry} isFull />
          ))}
        </div>
      )}
    </div>
  );
}

function toggled(open: ReadonlySet<string>, id: string, isOpen: boolean): ReadonlySet<string> {
  const next = new Set(open);
  if (isOpen) next.add(id);
  else next.delete(id);
  return next;
}
