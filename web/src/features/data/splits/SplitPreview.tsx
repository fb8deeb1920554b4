import type { SplitPreview as Preview } from "../../../data/history.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { type Finding, Findings } from "../../../ui/Findings/Findings.tsx";
import { formatCount, formatPercent } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { StackBar } from "../../../ui/StackBar/StackBar.tsx";
import { SHARES } from "../importing/settings.ts";
import { usePartNames } from "./SplitFields.tsx";

export interface SplitPreviewProps {
  preview: Preview;
  /** Where a row is shown: its address for a number. */
  rowHref: (row: number) => string;
}

function useFindings(preview: Preview): Finding[] {
  const { t } = useTranslation();
  const found: Finding[] = preview.notes.map((note) => ({ id: note, level: "warning", title: note }));
  found.unshift(
    preview.copies_across > 0
      ? {
          id: "copies",
          level: "danger",
          title: t("{{count}} texts would be learned and tested on", {
            count: preview.copies_across,
            defaultValue_one: "One text would be learned and tested on",
          }),
          detail: t("A model that has seen a test row cannot be measured with it."),
        }
      : { id: "copies", level: "ok", title: t("No text stands on both sides") },
  );
  return found;
}

function Values({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const names = usePartNames();
  type Row = Preview["values"][number];
  const columns: Column<Row>[] = [
    { id: "value", header: preview.column ?? "", cell: (row) => String(row.value) || t("(empty)") },
    ...SHARES.map(
      (part): Column<Row> => ({
        id: part,
        header: names[part],
        align: "right",
        cell: (row) => formatCount(Number(row[part])),
      }),
    ),
  ];
  return (
    <Panel
      title={t("By {{column}}", { column: preview.column })}
      count={t("{{count}} values", { count: preview.num_values, defaultValue_one: "one value" })}
      flush
      footer={
        preview.num_values > preview.values.length
          ? t("The {{count}} commonest are shown.", { count: preview.values.length })
          : undefined
      }
    >
      <DataTable
        name={t("Rows of each part by {{column}}", { column: preview.column })}
        columns={columns}
        rows={preview.values}
        rowKey={(row) => String(row.value)}
      />
    </Panel>
  );
}

function Examples({ preview, rowHref }: SplitPreviewProps) {
  const { t } = useTranslation();
  const names = usePartNames();
  return (
    <Panel title={t("Some rows of each part")}>
      <div className="grid grid-cols-3 gap-4 max-md:grid-cols-1">
        {SHARES.map((part) => (
          <div key={part} className="min-w-0">
            <h3 className="mb-1 text-caption text-muted">{names[part]}</h3>
            <ul className="m-0 grid list-none gap-2 p-0">
              {(preview.examples[part] ?? []).map(({ row, text }) => (
                <li key={row} className="min-w-0">
                  <Link href={rowHref(row)} look="quiet" className="text-caption tabular-nums">
                    {t("Row {{row}}", { row: formatCount(row) })}
                  </Link>
                  <p className="line-clamp-2 text-caption wrap-anywhere text-text-2">{text}</p>
                </li>
              ))}
              {(preview.examples[part] ?? []).length === 0 && (
                <li className="text-caption text-muted">{t("No rows")}</li>
              )}
            </ul>
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** What a split would do: rows of each part, classes, copies on both sides, and some rows. */
export function SplitPreview(props: SplitPreviewProps) {
  const { preview } = props;
  const { t } = useTranslation();
  const names = usePartNames();
  return (
    <>
      <Panel
        title={t("What it would do")}
        count={t("{{moved}} of {{rows}} rows change their part", {
          moved: formatCount(preview.moved),
          rows: formatCount(preview.rows),
        })}
        flush
      >
        <div className="px-4 pb-3">
          <StackBar
            name={t("Rows of each part")}
            parts={SHARES.map((part, index) => ({
              label: names[part],
              value: preview.splits[part] ?? 0,
              heat: ([5, 3, 1] as const)[index] ?? 1,
            }))}
            total={preview.rows}
            format={(value) => `${formatCount(value)} (${formatPercent(value / (preview.rows || 1), 1)})`}
          />
        </div>
        <Findings items={useFindings(preview)} label={t("What stands out")} />
      </Panel>
      {preview.values.length > 0 && <Values preview={preview} />}
      <Examples {...props} />
    </>
  );
}
