import { Plus } from "lucide-react";
import { useState } from "react";
import type { ColumnSummary } from "../../../data/looking/inspection.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { isUsable, type Operator, type RowFilter, valuesOf, writeFilter } from "../facts/filters.ts";

export interface FilterBarProps {
  columns: readonly string[];
  /** What the columns hold, to offer values and conditions that fit. */
  summaries?: readonly ColumnSummary[];
  splits: readonly string[];
  split: string;
  onSplit: (split: string) => void;
  search: string;
  onSearch: (search: string) => void;
  filters: readonly RowFilter[];
  onFilters: (filters: RowFilter[]) => void;
}

function useOperators(): { id: Operator; label: string }[] {
  const { t } = useTranslation();
  return [
    { id: "~", label: t("holds") },
    { id: "!~", label: t("does not hold") },
    { id: "=", label: t("is") },
    { id: "!=", label: t("is not") },
    { id: ">=", label: t("at least") },
    { id: "<=", label: t("at most") },
  ];
}

interface NewFilterProps {
  columns: readonly string[];
  summaries: readonly ColumnSummary[];
  onAdd: (filter: RowFilter) => void;
}

const numeral = (value: number) => (Number.isInteger(value) ? formatCount(value) : formatValue(value, 3));

function useHint(summary: ColumnSummary | undefined): string | undefined {
  const { t } = useTranslation();
  if (!summary) return undefined;
  if (summary.kind === "number" && summary.min !== null && summary.max !== null) {
    return t("{{min}} to {{max}}", { min: numeral(summary.min), max: numeral(summary.max) });
  }
  return summary.missing > 0
    ? t("empty in {{rows}} rows; leave it empty to find them", { rows: formatCount(summary.missing) })
    : undefined;
}

function NewFilter({ columns, summaries, onAdd }: NewFilterProps) {
  const { t } = useTranslation();
  const operators = useOperators();
  const fresh = (column: string): RowFilter => {
    const isNumber = summaries.find(({ name }) => name === column)?.kind === "number";
    return { column, operator: isNumber ? ">=" : "~", value: "" };
  };
  const [draft, setDraft] = useState(() => fresh(columns[0] ?? ""));
  const summary = summaries.find(({ name }) => name === draft.column);
  const hint = useHint(summary);
  const fitting = operators.filter(({ id }) => summary?.kind !== "number" || !id.endsWith("~"));
  const isExact = draft.operator === "=" || draft.operator === "!=";
  const values = isExact ? (summary?.values ?? []) : [];
  const add = () => isUsable(draft) && onAdd(draft);
  return (
    <div className="grid gap-3">
      <Select
        label={t("Column")}
        options={columns.map((id) => ({ id, label: id }))}
        value={draft.column}
        onChange={(column) => setDraft(fresh(column))}
        mono
      />
      <Select
        label={t("Condition")}
        options={fitting}
        value={draft.operator}
        onChange={(operator) => setDraft({ ...draft, operator: operator as Operator })}
      />
      {values.length > 0 ? (
        <ComboBox
          label={t("Value")}
          options={values.map(({ value, count }) => ({
            id: String(value),
            label: String(value),
            description: t("{{rows}} rows", { rows: formatCount(count) }),
          }))}
          value={draft.value || null}
          onChange={(value) => setDraft({ ...draft, value: value ?? "" })}
          allowsCustomValue
          mono
        />
      ) : (
        <TextField
          label={t("Value")}
          value={draft.value}
          onChange={(value) => setDraft({ ...draft, value })}
          onSubmit={add}
          {...(hint ? { help: hint } : {})}
          mono
        />
      )}
      <Button
        className="justify-self-start"
        isDisabled={!isUsable(draft)}
        why={t("Choose a column and a value first.")}
        onPress={add}
      >
        {t("Add the filter")}
      </Button>
    </div>
  );
}

/** Narrows the rows: by part, by words, by the values of columns. All must hold. */
export function FilterBar(props: FilterBarProps) {
  const { columns, summaries = [], splits, split, search, filters } = props;
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const words = new Map(useOperators().map(({ id, label }) => [id, label]));
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <div className="w-60 max-sm:w-full">
        <SearchField label={t("Search all columns")} value={search} onChange={props.onSearch} />
      </div>
      <Select
        label={t("Part")}
        hideLabel
        options={[{ id: "", label: t("All parts") }, ...splits.map((id) => ({ id, label: id }))]}
        value={split}
        onChange={props.onSplit}
        className="w-36"
      />
      {filters.map((filter, place) => (
        <Tag
          key={writeFilter(filter)}
          onRemove={() => props.onFilters(filters.filter((_, index) => index !== place))}
        >
          {valuesOf(filter) > 0
            ? t("{{column}} is one of {{count}}", { column: filter.column, count: valuesOf(filter) })
            : `${filter.column} ${words.get(filter.operator)} ${filter.value || t("empty")}`}
        </Tag>
      ))}
      <Popover
        label={t("New filter")}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <Button icon={Plus} look="ghost">
            {t("Filter")}
          </Button>
        }
      >
        <NewFilter
          columns={columns}
          summaries={summaries}
          onAdd={(filter) => {
            props.onFilters([...filters, filter]);
            setIsOpen(false);
          }}
        />
      </Popover>
    </div>
  );
}
