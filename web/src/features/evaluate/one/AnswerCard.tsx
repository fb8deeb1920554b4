import type { AnsweredRow } from "../../../data/models.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { DiffText } from "../../../ui/DiffText/DiffText.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Tag, type TagProps } from "../../../ui/Tag/Tag.tsx";
import { type Change, type Pair, verdictOf } from "../facts/answers.ts";
import { useMetricName } from "../facts/useMetricName.ts";

export interface AnswerCardProps {
  pair: Pair;
  judge: string | null;
  names?: { now: string; before: string } | undefined;
}

const TONES: Record<Change, TagProps["tone"]> = {
  fixed: "positive",
  broken: "danger",
  changed: "neutral",
  same: "neutral",
};

function Verdict({ row, judge }: { row: AnsweredRow; judge: string | null }) {
  const { t } = useTranslation();
  const verdict = verdictOf(row, judge);
  if (verdict === "unknown") return null;
  return verdict === "right" ? (
    <Tag tone="positive">{t("right")}</Tag>
  ) : (
    <Tag tone="danger">{t("wrong")}</Tag>
  );
}

function Block({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation();
  return (
    <div className="min-w-0">
      <dt className="text-caption text-muted">{label}</dt>
      <dd className="wrap-anywhere whitespace-pre-wrap">{text || t("nothing")}</dd>
    </div>
  );
}

function Scores({ row }: { row: AnsweredRow }) {
  const { t } = useTranslation();
  const name = useMetricName();
  const ends: Record<string, string> = {
    length: t("cut at its longest"),
    end: t("ended by itself"),
    stop: t("ended by a stop word"),
  };
  const scores = Object.entries(row.scores).map(([key, value]) => `${name(key)} ${formatValue(value, 3)}`);
  return (
    <p className="text-caption text-muted tabular-nums">
      {[...scores, ends[row.ended_by] ?? row.ended_by].filter(Boolean).join(" · ")}
    </p>
  );
}

/** One answered row: asked, answered, wanted, and how they differ. */
export function AnswerCard({ pair, judge, names }: AnswerCardProps) {
  const { t } = useTranslation();
  const { now, before, change } = pair;
  const words: Record<Change, string> = {
    fixed: t("fixed"),
    broken: t("broken"),
    changed: t("other words"),
    same: t("the same"),
  };
  return (
    <li className="grid gap-2 border-t border-line px-4 py-3 first:border-t-0">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-caption text-muted tabular-nums">
          {t("Row {{row}}", { row: formatCount(now.row) })}
        </span>
        <Verdict row={now} judge={judge} />
        {before && <Tag tone={TONES[change] ?? "neutral"}>{words[change]}</Tag>}
      </div>
      <dl className={`grid gap-x-6 gap-y-2 max-sm:grid-cols-1 ${before ? "grid-cols-4" : "grid-cols-3"}`}>
        <Block label={t("Asked")} text={now.prompt} />
        {before && (
          <Block label={t("Before: {{name}}", { name: names?.before ?? "" })} text={before.answer} />
        )}
        <Block
          label={before ? t("After: {{name}}", { name: names?.now ?? "" }) : t("Answered")}
          text={now.answer}
        />
        <Block label={t("Wanted")} text={now.reference} />
      </dl>
      {now.answer !== now.reference && (
        <details>
          <summary className="min-h-6 w-fit cursor-pointer rounded-mark text-caption text-muted hover:text-text">
            {t("What is missing, what is too much")}
          </summary>
          <div className="mt-1">
            <DiffText before={now.answer} after={now.reference} />
          </div>
        </details>
      )}
      <Scores row={now} />
    </li>
  );
}
