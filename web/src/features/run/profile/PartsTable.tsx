import type { Profile } from "../../../data/insight.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount, formatPercent } from "../../../ui/format.ts";
import { shortTime } from "./times.ts";
import { useProfileWords } from "./useProfileWords.ts";

type Part = Profile["parts"][number];

/** Every part of the time, the largest first. */
export function PartsTable({ parts }: { parts: readonly Part[] }) {
  const { t } = useTranslation();
  const words = useProfileWords();
  const rows = [...parts].sort((a, b) => b.seconds - a.seconds);
  return (
    <div className="-mx-4">
      <DataTable
        name={t("Parts of the time")}
        density="compact"
        rows={rows}
        rowKey={(part) => part.name}
        columns={[
          { id: "part", header: t("part"), cell: (part) => words.parts[part.name] ?? part.name },
          {
            id: "share",
            header: t("share"),
            align: "right",
            cell: (part) => <span title={String(part.share)}>{formatPercent(part.share, 1)}</span>,
          },
          {
            id: "seconds",
            header: t("in all"),
            align: "right",
            cell: (part) => <span title={String(part.seconds)}>{shortTime(part.seconds)}</span>,
          },
          {
            id: "each",
            header: t("each"),
            align: "right",
            cell: (part) => <span title={String(part.each)}>{shortTime(part.each)}</span>,
          },
          {
            id: "count",
            header: t("times"),
            align: "right",
            muted: true,
            cell: (part) => formatCount(part.count),
          },
        ]}
      />
    </div>
  );
}
