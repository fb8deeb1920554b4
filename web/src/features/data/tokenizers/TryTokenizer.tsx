import type { Schemas } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Stat } from "../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../ui/Stat/StatStrip.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";
import { TokenLegend, TokenText } from "../../../ui/TokenText/TokenText.tsx";
import { fertilityOf } from "../facts/fertility.ts";
import { TEMPLATES } from "../facts/templates.ts";

export type Show = "text" | "ids" | "both";

export interface TryTokenizerProps {
  /** References to choose from. */
  tokenizers: readonly string[];
  tokenizer: string;
  onTokenizer: (reference: string) => void;
  text: string;
  onText: (text: string) => void;
  /** Empty: the text as it stands. */
  template: string;
  onTemplate: (template: string) => void;
  show: Show;
  onShow: (show: Show) => void;
  preview: Schemas["Preview"] | null;
  error?: unknown;
}

function Numbers({ text, preview }: { text: string; preview: Schemas["Preview"] }) {
  const { t } = useTranslation();
  const { characters, tokens, perToken, perWord } = fertilityOf(text, preview.tokens);
  return (
    <StatStrip label={t("How well it fits")}>
      <Stat
        label={t("Tokens")}
        value={formatCount(tokens)}
        compare={t("{{count}} characters", { count: characters })}
      />
      <Stat
        label={t("Characters a token")}
        value={formatValue(perToken, 3)}
        compare={t("more is shorter and cheaper")}
      />
      <Stat label={t("Tokens a word")} value={formatValue(perWord, 3)} compare={t("near 1 is a good fit")} />
    </StatStrip>
  );
}

/** Type a text, see its tokens: what the model reads, and how well the vocabulary fits. */
export function TryTokenizer(props: TryTokenizerProps) {
  const { tokenizers, tokenizer, text, template, preview, show, error } = props;
  const { t } = useTranslation();
  return (
    <div className="grid gap-4">
      <div className="grid grid-cols-2 items-start gap-4 max-sm:grid-cols-1">
        <Select
          label={t("Tokenizer")}
          options={tokenizers.map((id) => ({ id, label: id }))}
          value={tokenizer}
          onChange={props.onTokenizer}
          mono
        />
        <Select
          label={t("Template")}
          options={[
            { id: "", label: t("None: the text as it stands") },
            { id: "auto", label: t("The tokenizer's own") },
            ...TEMPLATES.map(({ id, title }) => ({ id, label: id, description: t(title) })),
          ]}
          value={template}
          onChange={props.onTemplate}
        />
      </div>
      <TextArea label={t("Text")} value={text} onChange={props.onText} rows={3} mono />
      {error ? <ErrorState {...tellError(error)} /> : null}
      {!error && preview && text !== "" && (
        <>
          <Numbers text={text} preview={preview} />
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h3 className="text-caption text-muted">{t("Tokens")}</h3>
            <Segmented
              label={t("What the tokens show")}
              size="small"
              options={[
                { id: "text", label: t("Text") },
                { id: "ids", label: t("Ids") },
                { id: "both", label: t("Both") },
              ]}
              value={show}
              onChange={props.onShow}
            />
          </div>
          <TokenText name={t("Tokens of the text")} tokens={preview.tokens} show={show} />
          <p className="text-caption text-muted">
            <TokenLegend mode="colours" />
          </p>
        </>
      )}
      {!error && text === "" && (
        <EmptyState
          title={t("Nothing typed yet")}
          text={t("Type or paste a text of your domain: its tokens stand here, with their numbers.")}
        />
      )}
    </div>
  );
}
