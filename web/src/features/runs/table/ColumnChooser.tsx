import { Columns3 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Checkbox } from "../../../ui/Checkbox/Checkbox.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { SearchField } from "../../../ui/SearchField/SearchField.tsx";
import { FIELD_COLUMNS, shortName } from "../columns.ts";

export interface ColumnChooserProps {
  chosen: readonly string[];
  /** Names of metrics and settings that runs of this workspace have. */
  metrics: readonly string[];
  params: readonly string[];
  onChange: (columns: string[]) => void;
}

const MOST_SHOWN = 60;

/** Any metric and any setting can be a column. New ones go to the end. */
export function ColumnChooser({ chosen, metrics, params, onChange }: ColumnChooserProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const all = [
    ...FIELD_COLUMNS,
    ...metrics.map((key) => `metrics.${key}`),
    ...params.map((key) => `params.${key}`),
  ];
  const fitting = all.filter((id) => id.toLowerCase().includes(query.toLowerCase())).slice(0, MOST_SHOWN);
  const toggle = (id: string, isOn: boolean) =>
    onChange(isOn ? [...chosen, id] : chosen.filter((each) => each !== id));
  const trigger = (
    <Button icon={Columns3} size="small">
      {t("Columns")}
    </Button>
  );
  return (
    <Popover label={t("Columns")} trigger={trigger} placement="bottom end">
      <div className="grid w-72 max-w-full gap-2">
        <SearchField label={t("Search columns")} value={query} onChange={setQuery} />
        <ul className="grid max-h-80 gap-1 overflow-y-auto">
          {fitting.map((id) => (
            <li key={id}>
              <Checkbox
                label={shortName(id)}
                value={chosen.includes(id)}
                onChange={(isOn) => toggle(id, isOn)}
              />
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  );
}
