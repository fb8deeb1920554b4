import { Trash2 } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { type Column, DataTable, type Sort } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Num } from "../../../ui/Num/Num.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import { type DatasetGroup, hrefOf, referenceOf, secondsOf } from "../facts/names.ts";

export interface DatasetListProps {
  groups: readonly DatasetGroup[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (href: string) => void;
  /** Reference of one version: "faq@2". */
  onRemove: (reference: string) => void;
}

const VALUES: Record<string, (group: DatasetGroup) => number | string> = {
  name: ({ name }) => name,
  shape: ({ newest }) => newest.shape,
  rows: ({ newest }) => newest.rows,
  bad: ({ newest }) => newest.quarantined,
  created: ({ newest }) => secondsOf(newest.created),
};

export function sortGroups(groups: readonly DatasetGroup[], { column, direction }: Sort): DatasetGroup[] {
  const value = VALUES[column] ?? (({ name }) => name);
  const sign = direction === "ascending" ? 1 : -1;
  return [...groups].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  });
}

export function useShapeName(): (shape: string) => string {
  const { t } = useTranslation();
  const names: Record<string, string> = {
    text: t("plain text"),
    prompt: t("prompt and answer"),
    chat: t("chat messages"),
    preference: t("better and worse answer"),
    feedback: t("answer and verdict"),
    label: t("text and class"),
  };
  return (shape) => names[shape] ?? shape;
}

/** The splits in one line: "train 101 · validation 13 · test 8". */
export const splitWords = (splits: Record<string, number>): string =>
  Object.entries(splits)
    .map(([name, rows]) => `${name} ${formatCount(rows)}`)
    .join(" · ");

function Versions({ group }: { group: DatasetGroup }) {
  const { t } = useTranslation();
  return (
    <span className="flex gap-1.5">
      {group.versions.slice(0, 4).map((each) => (
        <Link key={each.id} href={hrefOf(each)} aria-label={t("{{name}} v{{version}}", each)}>
          <Tag mono>{`v${each.version}`}</Tag>
        </Link>
      ))}
      {group.versions.length > 4 && (
        <span className="text-muted">{t("and {{count}} more", { count: group.versions.length - 4 })}</span>
      )}
    </span>
  );
}

/** Datasets by name, each with its newest version's numbers. */
export function DatasetList({ groups, sort, onSort, onOpen, onRemove }: DatasetListProps) {
  const { t } = useTranslation();
  const shape = useShapeName();
  const columns: Column<DatasetGroup>[] = [
    {
      id: "name",
      header: t("Dataset"),
      sortable: true,
      cell: ({ newest }) => (
        <Link href={hrefOf(newest)} className="font-medium">
          {newest.name}
        </Link>
      ),
    },
    { id: "versions", header: t("Versions"), cell: (group) => <Versions group={group} /> },
    {
      id: "rows",
      header: t("Rows"),
      align: "right",
      sortable: true,
      cell: ({ newest }) => <Num value={newest.rows} as="count" />,
    },
    { id: "splits", header: t("Splits"), muted: true, cell: ({ newest }) => splitWords(newest.splits) },
    { id: "shape", header: t("Shape"), sortable: true, cell: ({ newest }) => shape(newest.shape) },
    {
      id: "bad",
      header: t("Set aside"),
      align: "right",
      sortable: true,
      cell: ({ newest }) =>
        newest.quarantined > 0 ? (
          <Link href={`${hrefOf(newest)}?tab=quarantine`}>{formatCount(newest.quarantined)}</Link>
        ) : (
          <span className="text-muted">0</span>
        ),
    },
    {
      id: "created",
      header: t("Imported"),
      align: "right",
      sortable: true,
      muted: true,
      cell: ({ newest }) => <Time at={secondsOf(newest.created)} />,
    },
    {
      id: "tools",
      header: <span className="sr-only">{t("Actions")}</span>,
      align: "right",
      cell: ({ newest }) => (
        <Button
          look="ghost"
          size="small"
          icon={Trash2}
          iconOnly
          onPress={() => onRemove(referenceOf(newest))}
        >
          {t("Delete {{name}}", { name: referenceOf(newest) })}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      name={t("Datasets")}
      columns={columns}
      rows={sortGroups(groups, sort)}
      rowKey={({ name }) => name}
      sort={sort}
      onSort={onSort}
      onRowAction={({ newest }) => onOpen(hrefOf(newest))}
    />
  );
}
