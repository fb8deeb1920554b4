import type { Comparison, Fit } from "../../../../data/looking/lab.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../../ui/DataTable/DataTable.tsx";
import { formatCount, formatPercent, formatShort, formatValue } from "../../../../ui/format.ts";
import { Pieces } from "./Pieces.tsx";

export interface FitTableProps {
  /** One tokenizer, or two beside each other. */
  fits: readonly (Fit & { name: string; embedding_parameters?: number })[];
}

interface Line {
  id: string;
  label: string;
  help: string;
  words: (fit: FitTableProps["fits"][number]) => string;
  /** Which value is better. */
  best?: (fits: FitTableProps["fits"]) => number;
}

const lowest = (value: (fit: Fit) => number) => (fits: readonly Fit[]) => {
  const values = fits.map(value);
  const low = Math.min(...values);
  return values.filter((each) => each === low).length === 1 ? values.indexOf(low) : -1;
};
const highest = (value: (fit: Fit) => number) => lowest((fit) => -value(fit));

function useLines(): Line[] {
  const { t } = useTranslation();
  return [
    {
      id: "tokens",
      label: t("Tokens of the sample"),
      help: t("what training and answering costs"),
      words: ({ tokens }) => formatCount(tokens),
      best: lowest(({ tokens }) => tokens),
    },
    {
      id: "fertility",
      label: t("Tokens a word"),
      help: t("near 1 is a good fit"),
      words: (fit) => formatValue(fit.tokens_per_word, 3),
      best: lowest((fit) => fit.tokens_per_word),
    },
    {
      id: "characters",
      label: t("Characters a token"),
      help: t("more is shorter and cheaper"),
      words: (fit) => formatValue(fit.characters_per_token, 3),
      best: highest((fit) => fit.characters_per_token),
    },
    {
      id: "whole",
      label: t("Words in one token"),
      help: t("of all words in running text"),
      words: (fit) => formatPercent(fit.whole_words, 1),
      best: highest((fit) => fit.whole_words),
    },
    {
      id: "unknown",
      label: t("Unknown"),
      help: t("of the tokens cannot be written"),
      words: (fit) => formatPercent(fit.unknown_rate, fit.unknown_rate > 0 ? 2 : 0),
      best: lowest((fit) => fit.unknown_rate),
    },
    {
      id: "used",
      label: t("Vocabulary used"),
      help: t("tokens that occur at all"),
      words: (fit) =>
        t("{{used}} of {{all}}", {
          used: formatCount(fit.vocabulary_used),
          all: formatCount(fit.vocab_size),
        }),
    },
    {
      id: "embedding",
      label: t("Embedding"),
      help: t("weights that a model of width 768 needs for it"),
      words: (fit) => formatShort(fit.embedding_parameters ?? fit.vocab_size * 768),
    },
  ];
}

/** Numbers of one tokenizer on a dataset, or of two beside each other with the better one marked. */
export function FitTable({ fits }: FitTableProps) {
  const { t } = useTranslation();
  const lines = useLines();
  const columns: Column<Line>[] = [
    {
      id: "label",
      header: t("Measure"),
      cell: ({ label, help }) => (
        <>
          {label} <span className="text-caption text-muted max-sm:hidden">{help}</span>
        </>
      ),
    },
    ...fits.map(
      (fit, index): Column<Line> => ({
        id: fit.name,
        header: fit.name,
        align: "right",
        cell: (line) => {
          const isBest = fits.length > 1 && line.best?.(fits) === index;
          return (
            <span className={isBest ? "font-semibold text-positive" : ""}>
              {line.words(fit)}
              {isBest && <span className="sr-only"> {t("(better)")}</span>}
            </span>
          );
        },
      }),
    ),
  ];
  return <DataTable name={t("How well it fits")} columns={columns} rows={lines} rowKey={({ id }) => id} />;
}

/** The words that cost the most tokens beyond one. */
export function CutWords({ fit }: { fit: Fit }) {
  const { t } = useTranslation();
  type Word = Fit["cut_most"][number];
  const columns: Column<Word>[] = [
    { id: "word", header: t("Word"), cell: ({ word }) => word },
    { id: "count", header: t("Times"), align: "right", muted: true, cell: ({ count }) => formatCount(count) },
    { id: "pieces", header: t("Its tokens"), cell: ({ pieces }) => <Pieces pieces={pieces} /> },
  ];
  return (
    <DataTable
      name={t("Words that are cut most")}
      columns={columns}
      rows={fit.cut_most}
      rowKey={({ word }) => word}
      maxHeight={320}
      empty={<p className="p-4 text-muted">{t("Every word is one token.")}</p>}
    />
  );
}

/** Beginnings of texts in the tokens of both. */
export function Differences({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const sides = [
    { name: comparison.first.name, of: "first" as const },
    { name: comparison.second.name, of: "second" as const },
  ];
  return (
    <ul className="m-0 grid list-none gap-4 p-0" aria-label={t("Texts in which they differ most")}>
      {comparison.differences.map((each) => (
        <li key={each.text} className="grid gap-2 border-t border-line pt-3 first:border-t-0 first:pt-0">
          {sides.map(({ name, of }) => (
            <div key={name}>
              <div className="text-caption text-muted">
                {name} · {t("{{count}} tokens", { count: each[of].length })}
              </div>
              <Pieces pieces={each[of]} />
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
