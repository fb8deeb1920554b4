import { lazy, Suspense, useMemo, useState } from "react";
import type { Corpus } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { formatCount, formatPercent, formatShort, formatValue } from "../../../../ui/format.ts";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../../ui/Page/Cell.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../../ui/Segmented/Segmented.tsx";
import { Stat } from "../../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../../ui/Stat/StatStrip.tsx";

const Histogram = lazy(async () => ({
  default: (await import("../../../../charts/Histogram/Histogram.tsx")).Histogram,
}));
const LineChart = lazy(async () => ({
  default: (await import("../../../../charts/LineChart/LineChart.tsx")).LineChart,
}));
const BarList = lazy(async () => ({
  default: (await import("../../../../charts/BarList/BarList.tsx")).BarList,
}));

export interface CorpusViewsProps {
  corpus: Corpus;
  /** Looks for rows that hold a text. */
  onSearch: (text: string) => void;
}

function Drawing({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation();
  return <Suspense fallback={<LoadingState text={t("Drawing")} height={200} />}>{children}</Suspense>;
}

type Unit = "characters" | "words" | "tokens";

function Lengths({ corpus }: { corpus: Corpus }) {
  const { t } = useTranslation();
  const [unit, setUnit] = useState<Unit>("words");
  const words: Record<Unit, string> = { characters: t("Characters"), words: t("Words"), tokens: t("Tokens") };
  const known = (Object.keys(words) as Unit[]).filter((each) => corpus.lengths[each]);
  const found = corpus.lengths[unit] ?? corpus.lengths.characters;
  const bins = useMemo(
    () =>
      (found?.counts ?? []).map((count, place) => ({
        from: found?.edges[place] ?? 0,
        to: found?.edges[place + 1] ?? 0,
        count,
      })),
    [found],
  );
  return (
    <Panel
      title={t("How long the rows are")}
      count={found && t("{{mean}} on average", { mean: formatValue(found.mean, 3) })}
      tools={
        <Segmented
          label={t("Unit")}
          options={known.map((id) => ({ id, label: words[id] }))}
          value={unit}
          onChange={(next) => setUnit(next as Unit)}
        />
      }
    >
      <Drawing>
        <Histogram bins={bins} title={t("{{unit}} a row", { unit: words[unit] })} unit={t("rows")} />
      </Drawing>
    </Panel>
  );
}

function Growth({ corpus }: { corpus: Corpus }) {
  const { t } = useTranslation();
  const { words, distinct, k, beta } = corpus.growth;
  const series = useMemo(() => {
    const x = Float64Array.from(words);
    const counted = { id: "counted", label: t("counted"), x, y: Float64Array.from(distinct) };
    if (k === null || beta === null) return [counted];
    return [counted, { id: "law", label: t("Heaps’ law"), x, y: x.map((n) => k * n ** beta) }];
  }, [words, distinct, k, beta, t]);
  return (
    <Panel
      title={t("Growth of the vocabulary")}
      count={beta !== null && k !== null && `${formatValue(k, 3)} · n^${formatValue(beta, 2)}`}
      footer={t("A line that flattens has seen most of its words; one that goes on has not.")}
    >
      <Drawing>
        <LineChart
          series={series}
          x={{ kind: "tokens", label: t("words read") }}
          title={t("Different words")}
          height={220}
        />
      </Drawing>
    </Panel>
  );
}

function Coverage({ corpus }: { corpus: Corpus }) {
  const { t } = useTranslation();
  const { words, share } = corpus.coverage;
  const series = useMemo(
    () => [
      {
        id: "coverage",
        label: t("share of the text"),
        x: Float64Array.from(words),
        y: Float64Array.from(share, (each) => each * 100),
      },
    ],
    [words, share, t],
  );
  const most = words.find((_, place) => (share[place] ?? 0) >= 0.9);
  return (
    <Panel
      title={t("Covered by the commonest words")}
      count={most !== undefined && t("90 % by {{words}} words", { words: formatCount(most) })}
    >
      <Drawing>
        <LineChart
          series={series}
          x={{ kind: "tokens", label: t("commonest words") }}
          title={t("Share of the text in percent")}
          height={220}
        />
      </Drawing>
    </Panel>
  );
}

type Ranked = "top" | "pairs" | "triples" | "tokens";

function Frequencies({ corpus, onSearch }: CorpusViewsProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Ranked>("top");
  const names: Record<Ranked, string> = {
    top: t("Words"),
    pairs: t("Pairs"),
    triples: t("Runs of three"),
    tokens: t("Tokens"),
  };
  const lists: Record<Ranked, Corpus["words"]["top"]> = {
    top: corpus.words.top,
    pairs: corpus.words.pairs,
    triples: corpus.words.triples,
    tokens: corpus.tokens?.top ?? [],
  };
  const known = (Object.keys(names) as Ranked[]).filter((each) => each !== "tokens" || corpus.tokens);
  const items = lists[kind].map(({ text, count, id }) => ({
    id: id === null || id === undefined ? text : String(id),
    label: kind === "tokens" ? JSON.stringify(text).slice(1, -1) : text,
    value: count,
    words: formatCount(count),
  }));
  return (
    <Panel
      title={t("What stands there most often")}
      tools={
        <Segmented
          label={t("What is counted")}
          options={known.map((id) => ({ id, label: names[id] }))}
          value={kind}
          onChange={(next) => setKind(next as Ranked)}
        />
      }
      footer={kind === "tokens" ? undefined : t("Press one to see the rows that hold it.")}
    >
      <div className="max-h-80 overflow-auto">
        <Drawing>
          <BarList title={names[kind]} items={items} {...(kind === "tokens" ? {} : { onChoose: onSearch })} />
        </Drawing>
      </div>
    </Panel>
  );
}

function Strip({ corpus }: { corpus: Corpus }) {
  const { t } = useTranslation();
  const { words, sampled_rows: sampled, rows } = corpus;
  return (
    <StatStrip label={t("The words in numbers")}>
      <Stat
        label={t("Words")}
        value={formatShort(words.total)}
        exact={formatCount(words.total)}
        compare={
          sampled < rows
            ? t("in {{rows}} sampled rows", { rows: formatCount(sampled) })
            : t("in all {{rows}} rows", { rows: formatCount(rows) })
        }
      />
      <Stat
        label={t("Different words")}
        value={formatShort(words.distinct)}
        exact={formatCount(words.distinct)}
      />
      <Stat
        label={t("Only once")}
        value={formatPercent(words.once / Math.max(1, words.distinct), 0)}
        compare={t("of the different words")}
      />
      {corpus.tokens && (
        <Stat
          label={t("Tokens never used")}
          value={formatShort(corpus.tokens.unused)}
          exact={formatCount(corpus.tokens.unused)}
          compare={t("of {{size}}", { size: formatCount(corpus.tokens.vocab_size) })}
        />
      )}
    </StatStrip>
  );
}

/** What the texts are made of: lengths, words, how the vocabulary grows and what it covers. */
export function CorpusViews(props: CorpusViewsProps) {
  return (
    <>
      <Strip corpus={props.corpus} />
      <Cell span={6}>
        <Lengths corpus={props.corpus} />
      </Cell>
      <Cell span={6}>
        <Frequencies {...props} />
      </Cell>
      <Cell span={6}>
        <Growth corpus={props.corpus} />
      </Cell>
      <Cell span={6}>
        <Coverage corpus={props.corpus} />
      </Cell>
    </>
  );
}
