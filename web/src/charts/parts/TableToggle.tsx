import { type ReactNode, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatValue, NONE } from "../../ui/format.ts";
import type { Cell } from "../exportImage.ts";

export interface TableToggleProps {
  /** Names the table. */
  title: string;
  header: readonly string[];
  /** Made only when the table is opened; the first 1,000 are shown. */
  rows: () => readonly (readonly Cell[])[];
  /** Footer of the chart, left of the switch. */
  children?: ReactNode;
}

const MOST = 1000;

/** The footer of a chart: words at the left, “as table” at the right, the table below. */
export function TableToggle({ title, header, rows, children }: TableToggleProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-caption text-muted">
        {children}
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="ml-auto h-6 rounded-control px-1.5 text-text-2 hover:bg-hover"
        >
          {isOpen ? t("Hide table") : t("as table")}
        </button>
      </div>
      {isOpen && <Table title={title} header={header} rows={rows().slice(0, MOST)} />}
    </>
  );
}

function Table({
  title,
  header,
  rows,
}: {
  title: string;
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard
    <section aria-label={title} tabIndex={0} className="mt-1 max-h-64 overflow-auto">
      <table className="min-w-full text-caption">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            {header.map((name, i) => (
              <th
                key={name}
                scope="col"
                className={`h-7 px-2 font-normal ${i === 0 ? "text-left" : "text-right"}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
            <tr key={at} className="border-t border-line">
              {row.map((cell, i) => (
                <td
                  key={header[i]}
                  title={typeof cell === "number" ? String(cell) : undefined}
                  className={`h-7 px-2 ${i === 0 ? "text-left" : "text-right"}`}
                >
                  {typeof cell === "number" ? formatValue(cell) : (cell ?? NONE)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
