import { useTranslation } from "../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount, NONE } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { intervalOf, isShare } from "../facts/scores.ts";
import type { GroupRow, GroupTable } from "../facts/tables.ts";
import { formatMetric, useMetricName } from "../facts/useMetricName.ts";

/** One metric by groups of rows, such as levels or families, with intervals where there are any. */
export function GroupPanel({ table }: { table: GroupTable }) {
  const { t } = useTranslation();
  const name = useMetricName();
  const cell = (row: GroupRow, column: string) => {
    const value = row.values[column];
    if (value === undefined) return NONE;
    if (!isShare(column)) return Number.isInteger(value) ? formatCount(value) : formatMetric(column, value);
    const interval = intervalOf(row.values, column);
    return (
      <span title={String(value)}>
        {formatMetric(column, value)}
        {interval && (
          <span className="ml-1 text-caption text-muted">
            {t("{{low}} to {{high}}", {
              low: formatMetric(column, interval[0]).replace(/ %$/, ""),
              high: formatMetric(column, interval[1]),
            })}
          </span>
        )}
      </span>
    );
  };
  const columns: Column<GroupRow>[] = [
    { id: "name", header: t("Group"), cell: (row) => row.name },
    ...table.columns.map(
      (column): Column<GroupRow> => ({
        id: column,
        header: name(column),
        align: "right",
        cell: (row) => cell(row, column),
      }),
    ),
  ];
  return (
    <Panel title={t(table.title)} count={table.rows.length} flush>
      <DataTable
        name={t(table.title)}
        columns={columns}
        rows={table.rows}
        rowKey={(row) => row.name}
        maxHeight={420}
      />
    </Panel>
  );
}
