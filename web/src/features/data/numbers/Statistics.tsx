import { lazy, Suspense } from "react";
import type { DatasetStats, Percentiles } from "../../../data/datasets.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount, formatPercent, formatShort, formatValue } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Stat } from "../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../ui/Stat/StatStrip.tsx";

const BarList = lazy(async () => ({
  default: (await import("../../../charts/BarList/BarList.tsx")).BarList,
}));

export interface StatisticsProps {
  stats: DatasetStats;
  /** Reference of the tokenizer that counted; empty without one. */
  tokenizer: string;
}

const at = (percentiles: Percentiles, name: string) => percentiles[name as keyof Percentiles] ?? 0;

function useSteps(percentiles: Percentiles) {
  const { t } = useTranslation();
  const words: Record<string, string> = {
    p0: t("shortest"),
    p5: t("5 % are at most"),
    p25: t("25 % are at most"),
    p50: t("half are at most"),
    p75: t("75 % are at most"),
    p95: t("95 % are at most"),
    p99: t("99 % are at most"),
    p100: t("longest"),
  };
  return Object.entries(words)
    .filter(([name]) => name in percentiles)
    .map(([id, label]) => {
      const value = Math.round(at(percentiles, id));
      return { id, label, value, words: formatCount(value) };
    });
}

function Lengths({ title, percentiles }: { title: string; percentiles: Percentiles }) {
  const { t } = useTranslation();
  const items = useSteps(percentiles);
  return (
    <Panel title={title} count={t("{{mean}} on average", { mean: formatValue(percentiles.mean, 3) })}>
      <Suspense fallback={<LoadingState text={t("Drawing the lengths")} height={220} />}>
        <BarList title={title} items={items} />
      </Suspense>
    </Panel>
  );
}

interface ContextRow {
  length: number;
  cut: number;
  padded: number;
}

function Contexts({ tokens, rows: all }: { tokens: NonNullable<DatasetStats["tokens"]>; rows: number }) {
  const { t } = useTranslation();
  const rows: ContextRow[] = Object.entries(tokens.lost_by_truncation).map(([length, cut]) => ({
    length: Number(length),
    cut,
    padded: tokens.lost_by_padding[length] ?? 0,
  }));
  const fits = rows.find(({ cut }) => cut === 0)?.length;
  const columns: Column<ContextRow>[] = [
    {
      id: "length",
      header: t("Context"),
      cell: ({ length }) => t("{{length}} tokens", { length: formatCount(length) }),
    },
    {
      id: "cut",
      header: t("Cut off"),
      align: "right",
      cell: ({ cut }) => (
        <span className={cut > 0.01 ? "text-warning" : ""}>
          {formatPercent(cut, cut > 0 && cut < 0.1 ? 2 : 0)}
        </span>
      ),
    },
    {
      id: "padded",
      header: t("Padding, one row a sequence"),
      align: "right",
      muted: true,
      cell: ({ padded }) => formatPercent(padded, 0),
    },
  ];
  return (
    <Panel
      title={t("Lost per context length")}
      count={
        fits === undefined
          ? undefined
          : tokens.sampled_rows < all
            ? t("of {{rows}} rows, nothing is cut from {{length}} tokens on", {
                rows: formatCount(tokens.sampled_rows),
                length: formatCount(fits),
              })
            : t("nothing is cut from {{length}} tokens on", { length: formatCount(fits) })
      }
      flush
      footer={`${
        tokens.template
          ? t("Counted as training reads the rows, with the template {{template}}.", {
              template: tokens.template,
            })
          : t("The tokenizer's template cannot be used: the texts are counted without one.")
      } ${t("Packing puts several rows into one sequence; then next to nothing is padded.")}`}
    >
      <DataTable
        name={t("Tokens lost per context length")}
        columns={columns}
        rows={rows}
        rowKey={({ length }) => String(length)}
      />
    </Panel>
  );
}

function Strip({ stats }: { stats: DatasetStats }) {
  const { t } = useTranslation();
  const { tokens } = stats;
  return (
    <StatStrip label={t("The data in numbers")}>
      <Stat label={t("Rows")} value={formatShort(stats.rows)} exact={formatCount(stats.rows)} />
      <Stat
        label={t("Characters")}
        value={formatShort(stats.characters)}
        exact={formatCount(stats.characters)}
        compare={t("{{mean}} a row", { mean: formatValue(stats.characters_per_row.mean, 3) })}
      />
      {tokens && (
        <>
          <Stat
            label={t("Tokens")}
            value={formatShort(tokens.total_estimate)}
            exact={formatCount(tokens.total_estimate)}
            compare={
              tokens.sampled_rows < stats.rows
                ? t("estimated from {{rows}} rows", { rows: formatCount(tokens.sampled_rows) })
                : t("every row counted")
            }
          />
          <Stat
            label={t("Characters a token")}
            value={formatValue(tokens.characters_per_token, 3)}
            compare={t("more is shorter and cheaper")}
          />
          <Stat
            label={t("Vocabulary used")}
            value={formatPercent(tokens.vocabulary_used, 1)}
            compare={t("of the tokenizer's tokens")}
          />
          <Stat
            label={t("Unknown")}
            value={formatPercent(tokens.unknown_rate, tokens.unknown_rate > 0 ? 2 : 0)}
            compare={
              tokens.unknown_rate > 0 ? t("of the tokens cannot be written") : t("everything can be written")
            }
          />
        </>
      )}
    </StatStrip>
  );
}

/** Lengths, tokens, and what each context length loses; only numbers that were counted. */
export function Statistics({ stats, tokenizer }: StatisticsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Strip stats={stats} />
      <Cell span={6}>
        <Lengths title={t("Characters a row")} percentiles={stats.characters_per_row} />
      </Cell>
      <Cell span={6}>
        {stats.tokens ? (
          <Lengths
            title={t("Tokens a row with {{tokenizer}}", { tokenizer })}
            percentiles={stats.tokens.per_row}
          />
        ) : (
          <Panel
            title={t("Tokens a row")}
            status="empty"
            empty={
              <EmptyState
                title={t("No tokenizer yet")}
                text={t("With one, tokens are counted here, and what each context length loses.")}
                action={<Link href="/data?tab=tokenizers">{t("Train a tokenizer")}</Link>}
              />
            }
          />
        )}
      </Cell>
      {stats.tokens && <Contexts tokens={stats.tokens} rows={stats.rows} />}
    </>
  );
}
