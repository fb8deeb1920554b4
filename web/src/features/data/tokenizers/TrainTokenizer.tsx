import { type FormEvent, useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { humanise } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { TagField } from "../../../ui/TagField/TagField.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import type { SchemaKind } from "../facts/schema.ts";
import { TEMPLATES } from "../facts/templates.ts";
import { NAME } from "../importing/settings.ts";
import { KindFields } from "../state/KindFields.tsx";
import { useDraft } from "../state/useDraft.ts";

export interface TokenizerDraft {
  tokenizer: string;
  datasets: string[];
  model: Record<string, unknown>;
}

export interface TrainTokenizerProps {
  /** Kinds of tokenizer and what can be set of each, from the schema. */
  kinds: readonly SchemaKind[];
  /** Names of datasets to choose from. */
  datasets: readonly string[];
  /** Newest version by name: the same name makes a new version. */
  taken: ReadonlyMap<string, number>;
  /** Reference of a dataset that it is for: name and dataset stand there at once. */
  learn?: string;
  /** Starts the run. A rejection is shown here; what was typed stays. */
  onStart: (draft: TokenizerDraft) => Promise<void>;
}

const EMPTY: TokenizerDraft = { tokenizer: "", datasets: [], model: {} };
/** Drawn by hand; everything else of the schema follows below. */
const SHOWN = new Set(["vocab_size", "digits", "template"]);
/** A list, which every kind has. */
const SPECIAL = "special_tokens";

const TITLES: Record<string, string> = {
  bpe: "BPE: bytes merged by frequency",
  unigram: "Unigram, as in SentencePiece",
  wordpiece: "WordPiece, as in BERT",
  character: "Characters",
  byte: "Bytes",
};

interface MainProps {
  kinds: readonly SchemaKind[];
  kind: SchemaKind;
  draft: TokenizerDraft;
  put: (name: string, value: unknown) => void;
}

function Main({ kinds, kind, draft, put }: MainProps) {
  const { t } = useTranslation();
  const field = (name: string) => kind.fields.find((each) => each.name === name);
  const value = (name: string) => draft.model[name] ?? field(name)?.initial;
  const size = field("vocab_size");
  return (
    <>
      <Select
        label={t("Kind")}
        help={t(kind.description)}
        options={kinds.map(({ kind: id }) => ({ id, label: t(TITLES[id] ?? humanise(id)) }))}
        value={kind.kind}
        onChange={(next) => put("kind", next)}
      />
      {size && (
        <NumberField
          label={t("Tokens in the vocabulary")}
          help={t("More tokens give shorter sequences and a larger embedding.")}
          value={Number(value("vocab_size"))}
          onChange={(next) => put("vocab_size", next)}
          integer
          scale="log"
          unit={t("tokens")}
          {...(size.minimum === undefined ? {} : { minimum: size.minimum })}
          {...(size.maximum === undefined ? {} : { maximum: size.maximum })}
        />
      )}
      {field("digits") && (
        <Select
          label={t("Digits")}
          help={t("Each digit a token of its own helps with arithmetic.")}
          options={[
            { id: "individual", label: t("Each on its own") },
            { id: "grouped", label: t("Up to three together") },
          ]}
          value={String(value("digits") ?? "individual")}
          onChange={(next) => put("digits", next)}
        />
      )}
      <ComboBox
        label={t("Chat template")}
        help={t("Stored with the tokenizer: a name, or a Jinja text over messages.")}
        options={TEMPLATES.map(({ id, title }) => ({ id, label: id, description: t(title) }))}
        value={String(value("template") ?? "")}
        onChange={(next) => put("template", next ?? "plain")}
        allowsCustomValue
        mono
      />
    </>
  );
}

/** Named after its dataset, which it learns from. */
function begunFor(dataset: string): TokenizerDraft {
  return { ...EMPTY, tokenizer: dataset.split("@")[0] ?? "", datasets: [dataset] };
}

/** What a kind can be told, of all that was set: the rest belongs to other kinds. */
function modelOf(kind: SchemaKind, model: Record<string, unknown>): Record<string, unknown> {
  const names = new Set([SPECIAL, ...kind.fields.map(({ name }) => name)]);
  return {
    kind: kind.kind,
    ...Object.fromEntries(Object.entries(model).filter(([name]) => names.has(name))),
  };
}

/** Train a tokenizer on the training parts of datasets. */
export function TrainTokenizer({ kinds, datasets, taken, learn, onStart }: TrainTokenizerProps) {
  const { t } = useTranslation();
  const [kept, setDraft, clear] = useDraft<TokenizerDraft>("tokenizer", EMPTY);
  const draft = kept === EMPTY && learn ? begunFor(learn) : kept;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const put = (name: string, value: unknown) =>
    setDraft({ ...draft, model: { ...draft.model, [name]: value } });
  const kind = kinds.find((each) => each.kind === draft.model.kind) ?? (kinds[0] as SchemaKind);
  const version = taken.get(draft.tokenizer);
  const isReady = NAME.test(draft.tokenizer) && draft.datasets.length > 0;
  const wrong = (field: string) => (error instanceof ApiError ? error.forField(field) : undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setIsBusy(true);
    setError(null);
    try {
      await onStart({ ...draft, model: modelOf(kind, draft.model) });
      clear();
    } catch (problem) {
      setError(problem);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label={t("Name of the tokenizer")}
        value={draft.tokenizer}
        onChange={(tokenizer) => setDraft({ ...draft, tokenizer })}
        help={
          version === undefined
            ? t("A new tokenizer.")
            : t("{{name}} is there: this makes version {{version}}.", {
                name: draft.tokenizer,
                version: version + 1,
              })
        }
        error={wrong("tokenizer")}
      />
      <TagField
        label={t("Datasets")}
        help={t("It learns from their training part.")}
        value={draft.datasets}
        onChange={(next) => setDraft({ ...draft, datasets: next })}
        suggestions={datasets}
        error={wrong("datasets")}
        mono
      />
      <Main kinds={kinds} kind={kind} draft={draft} put={put} />
      <Disclosure title={t("More settings")} level={3}>
        <TagField
          label={t("Special tokens")}
          help={t(
            "Never split and never read out of ordinary text: <|tool|>. Those of the template are there.",
          )}
          value={(draft.model[SPECIAL] as string[] | undefined) ?? []}
          onChange={(next) => put(SPECIAL, next)}
          error={wrong("special_tokens")}
          className="mb-4"
          mono
        />
        <KindFields
          fields={kind.fields.filter(({ name }) => !SHOWN.has(name))}
          values={draft.model}
          onChange={(model) => setDraft({ ...draft, model })}
        />
      </Disclosure>
      {error !== null && <ErrorState {...tellError(error)} />}
      <div className="grid gap-1">
        <Button type="submit" className="justify-self-start" isDisabled={!isReady}>
          {t("Train the tokenizer")}
        </Button>
        {!isReady && <p className="text-caption text-muted">{t("It waits for a name and a dataset.")}</p>}
      </div>
    </form>
  );
}
