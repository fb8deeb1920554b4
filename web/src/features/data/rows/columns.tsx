import { useMemo } from "react";
import type { DatasetDetail } from "../../../data/datasets.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import type { Column } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount } from "../../../ui/format.ts";
import { cellText, messagesIn } from "../facts/rowText.ts";

export type DataRow = Record<string, unknown>;

const MOST = 4;
const NUMBER = 72;
const SPLIT = 96;

const isNumber = (value: unknown): value is number => typeof value === "number";

/** Number and part of the row, then its columns, those that are used first. */
export function useRowColumns(dataset: DatasetDetail): Column<DataRow>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const mapping = (dataset.meta.mapping ?? {}) as Record<string, unknown>;
    const used = Object.entries(mapping).flatMap(([field, column]) =>
      field !== "kind" && typeof column === "string" && dataset.columns.includes(column) ? [column] : [],
    );
    const shown = [...new Set([...used, ...dataset.columns])].slice(0, MOST);
    const read = (row: DataRow, name: string) => {
      const messages = used.includes(name) ? messagesIn(row[name]) : [];
      if (messages.length === 0) return isNumber(row[name]) ? String(row[name]) : cellText(row[name]);
      return messages.map(({ role, text }) => `${role}: ${cellText(text, 60)}`).join(" · ");
    };
    const own = shown.map((name, place): Column<DataRow> => {
      const cell = (row: DataRow) => (
        <span className="block truncate" title={cellText(row[name], 600)}>
          {read(row, name)}
        </span>
      );
      const isWide = place < 2;
      return {
        id: name,
        header: name,
        sortable: true,
        cell,
        muted: !used.includes(name),
        width: place === 0 && shown.length === 1 ? undefined : isWide ? 320 : 140,
      } as Column<DataRow>;
    });
    return [
      {
        id: "_row",
        header: t("Row"),
        sortable: true,
        align: "right",
        width: NUMBER,
        muted: true,
        cell: (row) => formatCount(Number(row._row)),
      },
      ...own,
      {
        id: "_split",
        header: t("Part"),
        sortable: true,
        width: SPLIT,
        muted: true,
        cell: (row) => String(row._split ?? ""),
      },
    ];
  }, [dataset, t]);
}
