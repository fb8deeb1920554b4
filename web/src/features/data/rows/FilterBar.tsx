import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { isUsable, type Operator, type RowFilter, writeFilter } from "../facts/filters.ts";

export interface FilterBarProps {
  columns: readonly string[];
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
    { id: "=", label: t("is") },
    { id: ">=", label: t("at least") },
    { id: "<=", label: t("at most") },
  ];
}

function NewFilter({ columns, onAdd }: { columns: readonly string[]; onAdd: (filter: RowFilter) => void }) {
  const { t } = useTranslation();
  const operators = useOperators();
  const [draft, setDraft] = useState<RowFilter>({ column: columns[0] ?? "", operator: "~", value: "" });
  const add = () => isUsable(draft) && onAdd(draft);
  return (
    <div className="grid gap-3">
      <Select
        label={t("Column")}
        options={columns.map((id) => ({ id, label: id }))}
        value={draft.column}
        onChange={(column) => setDraft({ ...draft, column })}
        mono
      />
      <Select
        label={t("Condition")}
        options={operators}
        value={draft.operator}
        onChange={(operator) => setDraft({ ...draft, operator: operator as Operator })}
      />
      <TextField
        label={t("Value")}
        value={draft.value}
        onChange={(value) => setDraft({ ...draft, value })}
        onSubmit={add}
        mono
      />
      <Button className="justify-self-start" isDisabled={!isUsable(draft)} onPress={add}>
        {t("Add the filter")}
      </Button>
    </div>
  );
}

/** Narrows the rows: by part, by words, by the values of columns. All must hold. */
export function FilterBar(props: FilterBarProps) {
  const { columns, splits, split, search, filters } = props;
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
          {`${filter.column} ${words.get(filter.operator)} ${filter.value}`}
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
          onAdd={(filter) => {
            props.onFilters([...filters, filter]);
            setIsOpen(false);
          }}
        />
      </Popover>
    </div>
  );
}
