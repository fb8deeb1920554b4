import { Play, Redo2, Search, Undo2 } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { changesOf, type Entry, entriesOf, reset } from "../../../forms/model/entries.ts";
import { fieldsOf } from "../../../forms/model/model.ts";
import type { RootSchema, Values } from "../../../forms/model/schema.ts";
import { getAt } from "../../../forms/model/values.ts";
import { SchemaForm } from "../../../forms/SchemaForm/SchemaForm.tsx";
import type { Reveal } from "../../../forms/SchemaForm/useReveal.ts";
import { useHistory, useUndoKeys } from "../../../forms/useHistory.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { BeforeYouStart } from "../BeforeYouStart/BeforeYouStart.tsx";
import { Trials } from "../BeforeYouStart/Trials.tsx";
import { CodePanel } from "../CodePanel/CodePanel.tsx";
import { DepthCards } from "../DepthCards/DepthCards.tsx";
import { atDepth, DEPTHS, type Depth, depthChanges, depthOf } from "../pure/depth.ts";
import { applyLever } from "../pure/levers.ts";
import { waitsOf } from "../pure/waits.ts";
import { SchedulePreview } from "../SchedulePreview/SchedulePreview.tsx";
import { EditorHeader } from "./EditorHeader.tsx";
import { MissingBanner } from "./MissingBanner.tsx";
import { ModelView } from "./ModelView.tsx";
import { useAutosave } from "./useAutosave.ts";
import type { Begin } from "./useBegin.ts";
import { TRAINING, useChecks } from "./useChecks.ts";
import { useCode } from "./useCode.ts";
import { useLevel } from "./useLevel.ts";
import { useStart } from "./useStart.ts";
import { useSuggestions } from "./useSuggestions.ts";
import { useTrial } from "./useTrial.ts";

export interface EditorProps {
  /** Id under which the draft is kept. */
  id: string;
  schema: RootSchema;
  definition: string;
  begin: Begin;
  /** The draft is in the storage: the address may name it. */
  isSaved: boolean;
  onSaved: () => void;
  query: string;
  onQuery: (query: string) => void;
  onGo: (href: string) => void;
}

/** The recipe while it is edited: length, settings, what it needs, start, code. */
export function Editor(props: EditorProps) {
  const { id, schema, definition, begin, query } = props;
  const { baseline } = begin;
  const { t } = useTranslation();
  const history = useHistory(begin.spec);
  const spec = history.value;
  const searchField = useRef<HTMLInputElement>(null);
  const [level, setLevel] = useLevel();
  const [reveal, setReveal] = useState<Reveal | null>(null);
  const fields = useMemo(() => fieldsOf(schema, definition), [schema, definition]);
  const entries = useMemo(() => entriesOf(fields, spec), [fields, spec]);
  const changes = useMemo(() => changesOf(fields, spec, baseline), [fields, spec, baseline]);
  const checks = useChecks(spec, baseline);
  const code = useCode(spec, begin, fields);
  const trial = useTrial(spec);
  const starting = useStart(id, spec, begin.origin, props.onGo);
  const suggestions = useSuggestions();
  useUndoKeys(history);
  useAutosave(id, spec, begin, props.onSaved);
  const problems = [...checks.problems, ...starting.problems];
  const waits = waitsOf(problems, entries, t);
  const focus = (name: string) => {
    props.onQuery("");
    setReveal({ name, at: Date.now() });
  };
  const put = (next: Values | undefined) => next && history.set(next);
  const isTraining = TRAINING.has(spec.task);
  const source = getAt(spec, ["model", "source"]);
  usePageActions([
    {
      id: "start",
      label: t("Start training"),
      icon: Play,
      shortcut: "s",
      act: starting.start,
      ...(waits[0] ? { why: t("Waits for {{label}}", { label: waits[0].label }) } : {}),
    },
    { id: "undo", label: t("Undo"), icon: Undo2, act: history.undo, hint: "Ctrl Z" },
    { id: "redo", label: t("Redo"), icon: Redo2, act: history.redo, hint: "Ctrl Shift Z" },
    {
      id: "search",
      label: t("Search settings"),
      icon: Search,
      shortcut: "/",
      act: () => searchField.current?.focus(),
    },
  ]);
  return (
    <Page>
      <EditorHeader
        title={String(spec.name || begin.title)}
        spec={spec}
        fork={begin.origin}
        modelName={suggestions["model.source"]?.find((each) => each.id === source)?.label}
        history={history}
        changes={changes}
        isSaved={props.isSaved}
        level={level}
        onLevel={setLevel}
        onFocus={focus}
        onReset={(entry: Entry) => history.set(reset(entry, spec, baseline))}
        onResetAll={() => history.set(baseline)}
      />
      <MissingBanner spec={spec} />
      {isTraining && (
        <DepthCards
          depth={depthOf(spec, baseline)}
          onDepth={(depth) => history.set(atDepth(spec, baseline, depth))}
          changes={
            Object.fromEntries(DEPTHS.map((depth) => [depth, depthChanges(baseline, depth)])) as Record<
              Depth,
              ReturnType<typeof depthChanges>
            >
          }
          seconds={checks.seconds}
        />
      )}
      <Cell span={8}>
        <Panel
          title={t("Settings")}
          flush
          tools={
            <div className="w-60 max-sm:w-full">
              <SearchField
                label={t("Search settings")}
                shortcut="/"
                value={query}
                onChange={props.onQuery}
                inputRef={searchField}
              />
            </div>
          }
        >
          <SchemaForm
            schema={schema}
            definition={definition}
            value={spec}
            onChange={history.set}
            errors={problems}
            baseline={baseline}
            level={level}
            query={query}
            suggestions={suggestions}
            extras={{ schedule: <SchedulePreview spec={spec} steps={checks.estimate?.steps ?? null} /> }}
            reveal={reveal}
          />
        </Panel>
        {isTraining && (
          <div className="mt-4">
            <ModelView spec={spec} />
          </div>
        )}
      </Cell>
      <Cell span={4} full>
        <div>
          <div className="sticky top-[calc(var(--topbar)+16px)] flex flex-col gap-4 max-lg:static">
            <BeforeYouStart
              estimate={checks.estimate}
              dataset={String(getAt(spec, ["data", "dataset"]) ?? "")}
              refused={checks.refused}
              isStale={checks.isStale}
              waits={waits}
              isStarting={starting.isStarting}
              onStart={starting.start}
              onFocus={focus}
              canApply={(change) => applyLever(spec, change) !== undefined}
              onApply={(change) => put(applyLever(spec, change))}
              onRetry={checks.retry}
              trials={
                isTraining && (
                  <Trials
                    {...trial}
                    why={waits.length > 0 ? t("A trial waits for the same values as the start.") : ""}
                    canApply={(change) => applyLever(spec, change) !== undefined}
                    onApply={(change) => put(applyLever(spec, change))}
                  />
                )
              }
            />
            <CodePanel {...code} />
          </div>
        </div>
      </Cell>
    </Page>
  );
}
