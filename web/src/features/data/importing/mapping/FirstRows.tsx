import type { ImportPreview, PreviewRow } from "../../../../data/datasets.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { formatCount } from "../../../../ui/format.ts";
import { Tag } from "../../../../ui/Tag/Tag.tsx";

interface Message {
  role: string;
  content: string;
}
interface Read {
  text?: string | null;
  messages?: Message[] | null;
  rejected?: Message[] | null;
  verdict?: boolean | null;
  label?: string | null;
}

const said = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** The first rows as they stand in the files. */
export function FirstRows({ columns, rows }: Pick<ImportPreview, "columns" | "rows">) {
  const { t } = useTranslation();
  return (
    <section
      aria-label={t("First rows")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its place is scrolled by keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-panel border border-line"
    >
      <table className="w-full text-caption">
        <thead className="bg-sunken text-left">
          <tr>
            <th scope="col" className="px-2 py-1.5 font-medium">
              {t("Row")}
            </th>
            {columns.map(({ name }) => (
              <th key={name} scope="col" className="px-2 py-1.5 font-mono font-medium whitespace-nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row} className="border-t border-line">
              <td className="px-2 py-1.5 text-muted tabular-nums">{formatCount(row.row)}</td>
              {columns.map(({ name }) => (
                <td key={name} className="max-w-72 truncate px-2 py-1.5" title={said(row.cells[name])}>
                  {said(row.cells[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Turn({ message, isLearned }: { message: Message; isLearned: boolean }) {
  const { t } = useTranslation();
  const names: Record<string, string> = { user: t("user"), assistant: t("assistant"), system: t("system") };
  return (
    <div
      className={`rounded-control px-2 py-1.5 ${isLearned ? "bg-accent-wash" : "bg-sunken"} ${message.role === "assistant" ? "ml-6" : "mr-6"}`}
    >
      <p className="text-xs text-muted">{names[message.role] ?? message.role}</p>
      <p className="whitespace-pre-wrap wrap-anywhere">{message.content}</p>
    </div>
  );
}

/** A row as it is understood: a text, a conversation, what is better and worse, its class. */
export function ReadRow({ row }: { row: PreviewRow }) {
  const { t } = useTranslation();
  const read = (row.read ?? {}) as Read;
  const last = read.rejected?.at(-1);
  return (
    <div className="grid gap-1.5 text-caption">
      {read.text !== null && read.text !== undefined && (
        <p className="line-clamp-6 whitespace-pre-wrap wrap-anywhere">{read.text}</p>
      )}
      {(read.messages ?? []).map((message) => (
        <Turn
          key={`${message.role} ${message.content}`}
          message={message}
          isLearned={message.role === "assistant"}
        />
      ))}
      {last && (
        <div className="grid gap-1">
          <p className="text-xs text-muted">{t("The worse answer")}</p>
          <p className="ml-6 rounded-control bg-danger-wash px-2 py-1.5 wrap-anywhere">{last.content}</p>
        </div>
      )}
      <div className="flex gap-1.5 empty:hidden">
        {read.label && <Tag tone="accent">{read.label}</Tag>}
        {typeof read.verdict === "boolean" && (
          <Tag tone={read.verdict ? "positive" : "danger"}>{read.verdict ? t("good") : t("bad")}</Tag>
        )}
      </div>
    </div>
  );
}

/** Rows that would be set aside: where, why, and what to do. */
export function BadRows({
  rows,
  total,
  looked,
}: {
  rows: readonly PreviewRow[];
  total: number;
  looked: number;
}) {
  const { t } = useTranslation();
  if (total === 0) return null;
  return (
    <section aria-label={t("Rows that would be set aside")} className="grid gap-2">
      <h4 className="font-medium">
        {t("{{total}} of the first {{looked}} rows would be set aside", {
          total: formatCount(total),
          looked: formatCount(looked),
        })}
      </h4>
      <ul className="grid gap-2">
        {rows.map((row) => (
          <li
            key={`${row.file} ${row.row}`}
            className="grid gap-0.5 border-l-2 border-warning pl-3 text-caption"
          >
            <p>
              <span className="text-muted">
                {row.place || t("line {{line}}", { line: formatCount(row.line) })}
              </span>{" "}
              {row.reason}
            </p>
            <p className="text-muted">{row.fix}</p>
            <p className="truncate font-mono text-xs text-muted" title={row.raw || said(row.cells)}>
              {row.raw || said(row.cells)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
