import type { ReactNode } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { Finding } from "../../../ui/Findings/Findings.tsx";
import { formatCount, formatPercent } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { type ImportReport, type SourceFile, sortedReasons, usedColumns } from "../facts/report.ts";

interface Around {
  /** Address of this dataset, without a tab. */
  href: string;
  /** Where the data comes in again under this name. */
  importHref: string;
}

const FEW = 20;

function useBadRows({ rows, reasons }: ImportReport, { href }: Around): Finding {
  const { t } = useTranslation();
  if (rows.bad === 0) {
    return {
      id: "bad",
      level: "ok",
      title: t("Every row can be used"),
      detail: t("All {{rows}} rows were read and mapped.", { rows: formatCount(rows.raw) }),
    };
  }
  const share = rows.bad / Math.max(1, rows.raw);
  return {
    id: "bad",
    level: share > 0.1 ? "danger" : "warning",
    title: t("{{count}} rows are set aside", {
      count: rows.bad,
      defaultValue_one: "{{count}} row is set aside",
    }),
    detail: `${formatPercent(share, 1)}: ${sortedReasons(reasons)
      .slice(0, 3)
      .map(([reason, count]) => `${reason} (${formatCount(count)})`)
      .join(", ")}`,
    actions: <Link href={`${href}?tab=quarantine`}>{t("Look at them")}</Link>,
  };
}

function useDuplicates({ duplicates, rows }: ImportReport, { href }: Around): Finding {
  const { t } = useTranslation();
  if (duplicates.rows === 0) {
    return {
      id: "twins",
      level: "ok",
      title: t("No row stands twice"),
      detail: t("Compared by exact content."),
    };
  }
  return {
    id: "twins",
    level: duplicates.rows / Math.max(1, rows.good) > 0.05 ? "warning" : "info",
    title: t("{{count}} rows are exact copies", {
      count: duplicates.rows,
      defaultValue_one: "{{count}} row is an exact copy",
    }),
    detail: t(
      "Copies of {{contents}} rows; split by content they stay in one part, so none leaks into the test.",
      {
        contents: formatCount(duplicates.contents),
      },
    ),
    actions: <Link href={`${href}?tab=rows`}>{t("See the rows")}</Link>,
  };
}

function useSplits({ splits }: ImportReport, { importHref }: Around): Finding {
  const { t } = useTranslation();
  const missing = ["validation", "test"].filter((name) => !splits[name]);
  const small = Object.entries(splits).filter(([name, rows]) => name !== "train" && rows < FEW);
  const again = <Link href={importHref}>{t("Import with another split")}</Link>;
  if (missing.length > 0) {
    return {
      id: "split",
      level: "info",
      title: t("There is no part for {{names}}", { names: missing.join(t(" and ")) }),
      detail: t("Without it nothing says how well the model does on rows that it never saw."),
      actions: again,
    };
  }
  if (small.length > 0) {
    return {
      id: "split",
      level: "warning",
      title: t("The part for {{names}} is small", { names: small.map(([name]) => name).join(t(" and ")) }),
      detail: t("{{sizes}} rows: one row more or less changes a score a lot.", {
        sizes: small.map(([, rows]) => formatCount(rows)).join(t(" and ")),
      }),
      actions: again,
    };
  }
  return {
    id: "split",
    level: "ok",
    title: t("Every part has rows"),
    detail: Object.entries(splits)
      .map(([name, rows]) => `${name} ${formatCount(rows)}`)
      .join(", "),
  };
}

function detailOf({ name, why, format }: SourceFile): string | undefined {
  if (!format) return;
  return why ? `${name}: ${why}.` : name;
}

function useReading(
  { mapping, mapping_reason, files }: ImportReport,
  { href, importHref }: Around,
): Finding[] {
  const { t } = useTranslation();
  const used = usedColumns(mapping);
  const first = files[0];
  return [
    {
      id: "columns",
      level: "ok",
      title: used.map(([field, column]) => `${field} ← ${column}`).join(", ") || t("Columns"),
      detail: t("Chosen because {{reason}}.", { reason: mapping_reason || t("it was found so") }),
      actions: <Link href={importHref}>{t("Choose others")}</Link>,
    },
    ...(first
      ? [
          {
            id: "format",
            level: "ok" as const,
            title: first.format
              ? t("Read as {{format}}", { format: String(first.format.kind ?? "").toUpperCase() })
              : t("Made by {{source}}", { source: first.name }),
            detail: detailOf(first),
            actions: <Link href={`${href}?tab=statistics`}>{t("Statistics")}</Link>,
          },
        ]
      : []),
  ];
}

/** What the import found, each with its next step. */
export function useFindings(report: ImportReport, around: Around): Finding[] {
  const { t } = useTranslation();
  const reading = useReading(report, around);
  const skipped: Finding[] =
    report.num_skipped_files > 0
      ? [
          {
            id: "skipped",
            level: "warning",
            title: t("{{count}} files were passed over", {
              count: report.num_skipped_files,
              defaultValue_one: "{{count}} file was passed over",
            }),
            detail: report.skipped_files
              .slice(0, 3)
              .map(({ name, reason }) => `${name}: ${reason}`)
              .join(" "),
            actions: <Link href={around.importHref}>{t("Import them apart")}</Link>,
          },
        ]
      : [];
  const notes: Finding[] = report.notes.map((note, index) => ({
    id: `note-${index}`,
    level: "info",
    title: note as ReactNode,
  }));
  return [
    useBadRows(report, around),
    useDuplicates(report, around),
    useSplits(report, around),
    ...skipped,
    ...notes,
    ...reading,
  ];
}
