import type { DataFinding } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import type { FindingLevel } from "../../../../ui/Findings/Findings.tsx";
import { formatCount, formatPercent } from "../../../../ui/format.ts";
import { Link } from "../../../../ui/Link/Link.tsx";

export const LEVELS: Record<DataFinding["severity"], FindingLevel> = {
  error: "danger",
  warning: "warning",
  note: "info",
};

/** A number alone is a small target. */
export const TARGET = "inline-flex min-h-6 min-w-6 items-center justify-center";

const LINKS = 8;
const SHOWN = 2;

/** Where a row of the source is opened in full. */
export const rowHref = (href: string, row: number): string => `${href}?tab=rows&row=${row}&open=${row}`;

export const shareOf = ({ share }: { share: number }): string =>
  share > 0 && share < 0.001 ? "< 0.1 %" : formatPercent(share, share < 0.1 ? 1 : 0);

function Rows({ rows, count, href }: { rows: readonly number[]; count: number; href: string }) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  const shown = rows.slice(0, LINKS);
  const more = count - shown.length;
  return (
    <span className="mt-1 flex flex-wrap items-baseline gap-x-2">
      <span>{t("Rows")}</span>
      {shown.map((row) => (
        <Link key={row} href={rowHref(href, row)} className={TARGET}>
          {formatCount(row)}
        </Link>
      ))}
      {more > 0 && <span>{t("and {{more}} more", { more: formatCount(more) })}</span>}
    </span>
  );
}

/** A finding's evidence: why it matters, what to do, the first rows, and places where it shows. */
export function Evidence({ finding, href, whole }: { finding: DataFinding; href: string; whole: boolean }) {
  const isSetAside = finding.details.is_quarantined === true;
  return (
    <>
      <span className="block">
        {finding.why} {finding.advice}
      </span>
      {!isSetAside && <Rows rows={finding.rows} count={finding.count} href={href} />}
      {finding.examples.slice(0, whole ? undefined : SHOWN).map((example, place) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: an example is known by its place
          key={place}
          className="mt-1 block border-l-2 border-line pl-2 font-mono wrap-anywhere whitespace-pre-wrap text-text-2"
        >
          {example.text}
        </span>
      ))}
    </>
  );
}
