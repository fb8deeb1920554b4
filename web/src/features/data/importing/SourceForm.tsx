import { useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { proposeName } from "../facts/names.ts";
import { initialOf, type SchemaKind } from "../facts/schema.ts";
import { HAS_FORMAT, isFilled, nameFrom } from "../facts/sources.ts";
import { KindFields } from "../state/KindFields.tsx";
import { useDraft } from "../state/useDraft.ts";
import { Look } from "./mapping/Look.tsx";
import { SettingsForm } from "./SettingsForm.tsx";
import { type ImportSettings, NAME, settingsFor } from "./settings.ts";

export interface Source {
  path?: string;
  source?: Record<string, unknown>;
}

export interface SourceFormProps {
  /** A source elsewhere, or a generator; without one: a path on the server's machine. */
  source?: SchemaKind | undefined;
  mappings: readonly SchemaKind[];
  formats: readonly SchemaKind[];
  taken: ReadonlyMap<string, number>;
  /** Starts the import. A rejection is shown here; what was typed stays. */
  onStart: (label: string, settings: ImportSettings, source: Source) => Promise<void>;
}

interface Draft {
  path: string;
  values: Record<string, unknown>;
  settings: ImportSettings;
}

/** Rows that name their own part are split by it; when that ends, shares split them. */
function splitFor(values: Record<string, unknown>, settings: ImportSettings): ImportSettings {
  const isNamed = values.part === "all";
  if (isNamed === (settings.split.kind === "column")) return settings;
  return { ...settings, split: isNamed ? { kind: "column", column: "split" } : settingsFor("").split };
}

/** Data that the server can read itself: nothing is sent. */
export function SourceForm({ source, mappings, formats, taken, onStart }: SourceFormProps) {
  const { t } = useTranslation();
  const kind = source?.kind ?? "path";
  const [initial] = useState<Draft>(() => ({
    path: "",
    values: source ? initialOf(source) : {},
    settings: splitFor(
      source ? initialOf(source) : {},
      settingsFor(source && isFilled(source, initialOf(source)) ? source.kind : ""),
    ),
  }));
  const [draft, setDraft, clear] = useDraft<Draft>(`import.${kind}`, initial);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [looked, setLooked] = useState("");
  const setPath = (path: string) => {
    const isOwn = draft.settings.dataset !== "" && draft.settings.dataset !== proposeName(draft.path);
    const dataset = isOwn ? draft.settings.dataset : path.trim() ? proposeName(path) : "";
    setDraft({ ...draft, path, settings: { ...draft.settings, dataset } });
  };
  const setValues = (values: Record<string, unknown>) => {
    const proposed = (given: Record<string, unknown>) =>
      nameFrom(given, source && isFilled(source, given) ? kind : "");
    const before = proposed(draft.values);
    const split = values.part === draft.values.part ? draft.settings : splitFor(values, draft.settings);
    const isOwn = draft.settings.dataset !== "" && draft.settings.dataset !== before;
    setDraft({ ...draft, values, settings: isOwn ? split : { ...split, dataset: proposed(values) } });
  };
  const start = async () => {
    if (isBusy) return;
    setIsBusy(true);
    setError(null);
    const given = source ? { source: { ...draft.values, kind } } : { path: draft.path.trim() };
    try {
      await onStart(source ? kind : draft.path.trim(), draft.settings, given);
      clear();
    } catch (problem) {
      setError(problem);
    } finally {
      setIsBusy(false);
    }
  };
  const isReady =
    NAME.test(draft.settings.dataset) && (source ? isFilled(source, draft.values) : draft.path.trim() !== "");
  const wrong = (field: string) => (error instanceof ApiError ? error.forField(field) : undefined);
  return (
    <div className="grid gap-4">
      {source ? (
        <>
          <p className="text-muted">{t(source.description.replace(/`/g, ""))}</p>
          <KindFields
            fields={source.fields}
            values={draft.values}
            onChange={setValues}
            errors={Object.fromEntries(source.fields.map(({ name }) => [name, wrong(`source.${name}`)]))}
          />
        </>
      ) : (
        <TextField
          label={t("Path on the server")}
          help={t("A file or folder on the machine that runs the studio. It is read there, nothing is sent.")}
          placeholder="/data/returns.jsonl"
          value={draft.path}
          onChange={setPath}
          error={wrong("source.path")}
          mono
        />
      )}
      {!source && draft.path.trim() !== "" && looked !== draft.path.trim() && (
        <Button className="justify-self-start" onPress={() => setLooked(draft.path.trim())}>
          {t("Look into it")}
        </Button>
      )}
      <SettingsForm
        look={
          !source && looked !== "" && looked === draft.path.trim() ? (
            <Look
              files={{ path: looked }}
              settings={draft.settings}
              onChange={(settings) => setDraft({ ...draft, settings })}
              mappings={mappings}
              formats={formats}
            />
          ) : undefined
        }
        settings={draft.settings}
        onChange={(settings) => setDraft({ ...draft, settings })}
        mappings={mappings}
        formats={source && !HAS_FORMAT.has(source.kind) ? [] : formats}
        taken={taken}
        errors={{ dataset: wrong("dataset"), split: wrong("split") }}
      />
      {error !== null && <ErrorState {...tellError(error)} />}
      <div className="grid gap-1">
        <Button
          look="primary"
          className="justify-self-start"
          isDisabled={!isReady}
          onPress={() => void start()}
        >
          {t("Import")}
        </Button>
        {!isReady && (
          <p className="text-caption text-muted">
            {source && isFilled(source, draft.values)
              ? t("It waits for a name.")
              : source
                ? t("It waits for what it must know, and a name.")
                : t("It waits for a path and a name.")}
          </p>
        )}
      </div>
    </div>
  );
}
