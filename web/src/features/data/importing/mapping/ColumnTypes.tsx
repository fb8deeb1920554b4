import type { ImportPreview } from "../../../../data/datasets.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Select } from "../../../../ui/Select/Select.tsx";

export type Types = Record<string, string>;

export interface ColumnTypesProps {
  /** Columns of the files, with the type that was chosen or found and why. */
  columns: ImportPreview["columns"];
  /** Columns that the mapping reads: a model reads them as text, whatever they hold. */
  read: ReadonlySet<string>;
  /** What was chosen, by column; every other type is found by itself. */
  value: Types;
  onChange: (value: Types) => void;
}

const AUTO = "auto";

/** The types that a column can have, as the server names them, in words. */
export function useTypeNames(): Map<string, { label: string; description: string }> {
  const { t } = useTranslation();
  return new Map([
    ["text", { label: t("Text"), description: t("As it is written") }],
    ["integer", { label: t("Whole number"), description: "42" }],
    ["number", { label: t("Number"), description: "3.14" }],
    ["decimal_comma", { label: t("Number with a decimal comma"), description: "1.234,5" }],
    ["boolean", { label: t("Yes or no"), description: t("true/false, yes/no, 1/0") }],
    ["date", { label: t("Date or time"), description: "2026-12-31, 31.12.2026 09:30" }],
    ["day_first_date", { label: t("Date, day first"), description: "31/12/2026" }],
    ["month_first_date", { label: t("Date, month first"), description: "12/31/2026" }],
  ]);
}

/** What kind of value each column holds: found by all its values, or chosen. Rows that do not fit what was chosen are set aside. */
export function ColumnTypes({ columns, read, value, onChange }: ColumnTypesProps) {
  const { t } = useTranslation();
  const names = useTypeNames();
  const choose = (column: string, type: string) => {
    const { [column]: _, ...others } = value;
    onChange(type === AUTO ? others : { ...others, [column]: type });
  };
  return (
    <ul aria-label={t("Types of the columns")} className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      {columns.map(({ name, type = "", why = "" }) => {
        const isChosen = value[name] !== undefined;
        const found = names.get(type)?.label;
        const auto =
          !isChosen && found ? t("Found by itself: {{type}}", { type: found }) : t("Found by itself");
        const told = read.has(name) ? t("The model reads it, so it is kept as it is written.") : why;
        return (
          <li key={name}>
            <Select
              label={name}
              options={[
                { id: AUTO, label: auto },
                ...[...names].map(([id, { label, description }]) => ({ id, label, description })),
              ]}
              value={value[name] ?? AUTO}
              onChange={(next) => choose(name, next)}
              {...(told && !isChosen ? { help: told } : {})}
            />
          </li>
        );
      })}
    </ul>
  );
}
