import type { Change, ChangedRow, VersionDiff } from "../../../data/history.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { DiffText } from "../../../ui/DiffText/DiffText.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";

export interface VersionChangesProps {
  diff: VersionDiff;
  /** Rows of the pages that were read. */
  items: readonly ChangedRow[];
  show: Change;
  onShow: (show: Change) => void;
  /** References of older versions to compare with. */
  others: readonly string[];
  other: string;
  onOther: (reference: string) => void;
  columns: readonly string[];
  onKey: (key: string) => void;
  onMore?: (() => void) | undefined;
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

function cells(row: ChangedRow): { name: string; before: string; after: string }[] {
  const names = [...new Set([...Object.keys(row.before ?? {}), ...Object.keys(row.after ?? {})])];
  return names
    .filter((name) => !name.startsWith("_"))
    .map((name) => ({ name, before: textOf(row.before?.[name]), after: textOf(row.after?.[name]) }))
    .filter(({ before, after }) => before !== after);
}

function Row({ row }: { row: ChangedRow }) {
  const { t } = useTranslation();
  const number = row.row ?? row.row_after ?? 0;
  const parts = [row.split, row.split_after].filter(Boolean);
  return (
    <li className="border-t border-line px-4 py-3 first:border-t-0">
      <div className="mb-1 flex flex-wrap items-center gap-2 text-caption text-muted">
        <span className="tabular-nums">{t("Row {{row}}", { row: formatCount(number) })}</span>
        <Tag>{parts.length === 2 && parts[0] !== parts[1] ? parts.join(" → ") : (parts[0] ?? "")}</Tag>
      </div>
      <dl className="m-0 grid gap-2">
        {cells(row).map(({ name, before, after }) => (
          <div
            key={name}
            className="grid grid-cols-[140px_minmax(0,1fr)] items-baseline gap-3 max-sm:grid-cols-1 max-sm:gap-0"
          >
            <dt className="font-mono text-caption wrap-anywhere text-muted">{name}</dt>
            <dd className="m-0 max-h-40 min-w-0 overflow-y-auto">
              <DiffText before={before} after={after} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Choices(props: VersionChangesProps) {
  const { diff, show, onShow, others, other, onOther, columns, onKey } = props;
  const { t } = useTranslation();
  const names: Record<Change, string> = {
    added: t("Added"),
    removed: t("Removed"),
    changed: t("Changed"),
    moved: t("Moved"),
  };
  return (
    <div className="flex flex-wrap items-end gap-3 px-4 pb-3">
      <Select
        label={t("Compared with")}
        className="w-40"
        mono
        options={others.map((id) => ({ id, label: id }))}
        value={other}
        onChange={onOther}
      />
      <div className="w-48">
        <ComboBox
          label={t("Rows belong together by")}
          options={columns.map((id) => ({ id, label: id }))}
          value={diff.key && diff.key !== "_row" ? diff.key : null}
          onChange={(key) => onKey(key ?? "")}
          placeholder={diff.key === "_row" ? t("their number") : t("what they hold")}
          mono
        />
      </div>
      <Segmented
        label={t("Rows to show")}
        options={(Object.keys(names) as Change[]).map((id) => ({
          id,
          label: `${names[id]} ${formatCount(diff.counts[id] ?? 0)}`,
        }))}
        value={show}
        onChange={onShow}
      />
    </div>
  );
}

/** What changed since an older version, row by row. */
export function VersionChanges(props: VersionChangesProps) {
  const { diff, items, onMore } = props;
  const { t } = useTranslation();
  const columns = [
    ...diff.columns_added.map((name) => `+ ${name}`),
    ...diff.columns_removed.map((name) => `− ${name}`),
  ];
  return (
    <Panel
      title={t("What changed")}
      count={t("{{same}} rows are the same", { same: formatCount(diff.counts.same ?? 0) })}
      flush
      footer={columns.length > 0 ? t("Columns: {{columns}}", { columns: columns.join(", ") }) : undefined}
    >
      <Choices {...props} />
      {items.length === 0 ? (
        <div className="px-4 pb-4">
          <EmptyState title={t("No such rows")} text={t("Choose another kind of change above.")} />
        </div>
      ) : (
        <ul className="m-0 list-none border-t border-line p-0" aria-label={t("Rows that changed")}>
          {items.map((row) => (
            <Row key={`${row.row} ${row.row_after}`} row={row} />
          ))}
        </ul>
      )}
      {onMore && (
        <div className="border-t border-line p-3">
          <Button size="small" onPress={onMore}>
            {t("Show more rows")}
          </Button>
        </div>
      )}
    </Panel>
  );
}
