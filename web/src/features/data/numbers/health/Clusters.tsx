import type { NearCluster } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { type Column, DataTable } from "../../../../ui/DataTable/DataTable.tsx";
import { formatCount, formatPercent } from "../../../../ui/format.ts";
import { Link } from "../../../../ui/Link/Link.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { rowHref, TARGET } from "./findings.tsx";

const LINKS = 4;

/** Groups of rows that say nearly the same, the largest first. */
export function Clusters({ clusters, href }: { clusters: readonly NearCluster[]; href: string }) {
  const { t } = useTranslation();
  const columns: Column<NearCluster>[] = [
    {
      id: "text",
      header: t("One of them"),
      width: 320,
      cell: ({ text }) => <span title={text}>{text}</span>,
    },
    {
      id: "other",
      header: t("Another one"),
      width: 320,
      muted: true,
      cell: ({ other }) => <span title={other}>{other}</span>,
    },
    { id: "size", header: t("Rows"), align: "right", width: 72, cell: ({ size }) => formatCount(size) },
    {
      id: "alike",
      header: t("Alike"),
      align: "right",
      width: 72,
      cell: ({ similarity }) => formatPercent(similarity, 0),
    },
    {
      id: "rows",
      header: t("First rows"),
      cell: ({ rows }) => (
        <span className="flex gap-2">
          {rows.slice(0, LINKS).map((row) => (
            <Link key={row} href={rowHref(href, row)} className={TARGET}>
              {formatCount(row)}
            </Link>
          ))}
        </span>
      ),
    },
  ];
  return (
    <Panel title={t("Rows that are nearly alike")} count={formatCount(clusters.length)} flush>
      <DataTable
        name={t("Groups of rows that are nearly alike")}
        columns={columns}
        rows={clusters}
        rowKey={({ rows }) => String(rows[0])}
        maxHeight={420}
      />
    </Panel>
  );
}
