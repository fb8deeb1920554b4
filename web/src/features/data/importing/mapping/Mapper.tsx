import { GripVertical } from "lucide-react";
import { type DragEvent, useState } from "react";
import type { ImportPreview } from "../../../../data/datasets.ts";
import { humaniseOption } from "../../../../forms/model/words.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Icon } from "../../../../ui/Icon/Icon.tsx";
import { Select } from "../../../../ui/Select/Select.tsx";
import { initialOf, type SchemaField, type SchemaKind } from "../../facts/schema.ts";
import { useShapeName } from "../../list/DatasetList.tsx";

type Values = Record<string, unknown>;
type Columns = ImportPreview["columns"];

export interface MapperProps {
  /** Columns of the files, with what they hold. */
  columns: Columns;
  /** Kinds of mapping, as the schema has them. */
  kinds: readonly SchemaKind[];
  /** What was chosen; kind `auto` leaves it to the server. */
  value: Values;
  /** What the server found, or took over from the choice; null where nothing fits. */
  found: Values | null;
  /** Why it was found. */
  reason: string;
  onChange: (value: Values) => void;
}

const TYPE = "application/x-tokenloom-column";
const NOTHING = " ";

/** A column that can be dragged to a field. By keyboard the selects of the fields do the same. */
function Chip({ name, holds, isUsed }: { name: string; holds: string; isUsed: boolean }) {
  return (
    <li
      draggable
      onDragStart={(event) => event.dataTransfer.setData(TYPE, name)}
      className={`flex max-w-full cursor-grab items-center gap-1 rounded-control border border-line bg-raised py-0.5 pr-2 pl-1 ${isUsed ? "text-muted" : "shadow-panel"}`}
    >
      <Icon of={GripVertical} muted />
      <span className="truncate font-mono text-caption">{name}</span>
      <span className="shrink-0 text-xs text-muted">{holds}</span>
    </li>
  );
}

interface SlotProps {
  field: SchemaField;
  column: string;
  columns: Columns;
  onChange: (column: string | null) => void;
}

/** One field of the shape: takes a column by drop or by its list. */
function Slot({ field, column, columns, onChange }: SlotProps) {
  const { t } = useTranslation();
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const name = event.dataTransfer.getData(TYPE);
    if (name) onChange(name);
  };
  const isMissing = column !== "" && !columns.some(({ name }) => name === column);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a place to drop, its control is the list inside
    <div
      role="group"
      aria-label={t(field.label)}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className="rounded-panel border border-dashed border-line-strong p-3 data-over:border-solid data-over:border-accent-line data-over:bg-accent-wash"
    >
      <Select
        label={t(field.label)}
        help={t(field.description)}
        mono
        placeholder={t("Drop a column, or choose one")}
        error={isMissing ? t("There is no column {{name}}.", { name: column }) : undefined}
        options={[
          ...(field.isNullable ? [{ id: NOTHING, label: t("none") }] : []),
          ...columns.map(({ name, holds }) => ({ id: name, label: name, description: holds })),
        ]}
        value={column === "" ? (field.isNullable ? NOTHING : null) : column}
        onChange={(name) => onChange(name === NOTHING ? null : name)}
      />
    </div>
  );
}

/** What the columns mean: a shape, and a column for each of its fields, by drag or by keyboard. */
export function Mapper({ columns, kinds, value, found, reason, onChange }: MapperProps) {
  const { t } = useTranslation();
  const shape = useShapeName();
  const isAuto = value.kind === "auto";
  const shown: Values = isAuto ? (found ?? { kind: "auto" }) : value;
  const kind = kinds.find((each) => each.kind === shown.kind);
  const used = new Set((kind?.fields ?? []).map(({ name }) => shown[name]));
  const put = (name: string, column: string | null) => onChange({ ...shown, [name]: column });
  const choose = (next: string) => {
    const chosen = kinds.find((each) => each.kind === next);
    if (!chosen) return;
    const known = new Set(columns.map(({ name }) => name));
    const initial = initialOf(chosen);
    // A field keeps its column where the file has one of that name.
    onChange(
      Object.fromEntries(
        Object.entries({ ...initial, ...pick(shown, chosen) }).filter(
          ([name, column]) => name === "kind" || known.has(String(column)),
        ),
      ),
    );
  };
  return (
    <div className="grid gap-4">
      <Select
        label={t("Shape")}
        help={
          isAuto
            ? found
              ? t("Found by itself: {{reason}}.", { reason })
              : t("Nothing fits by itself: choose a shape, and a column for each of its fields.")
            : (kind?.description ?? "").replace(/`/g, "")
        }
        options={kinds.map((each) => ({
          id: each.kind,
          label: each.kind === "auto" ? t("Found by itself") : t(humaniseOption(each.kind)),
          ...(shape(each.kind) === each.kind ? {} : { description: shape(each.kind) }),
        }))}
        value={String(value.kind ?? "auto")}
        onChange={choose}
      />
      {columns.length > 0 && (
        <div className="grid gap-1.5">
          <h4 className="text-caption text-muted">{t("Columns found in the file")}</h4>
          <ul className="flex flex-wrap gap-1.5">
            {columns.map(({ name, holds }) => (
              <Chip key={name} name={name} holds={holds} isUsed={used.has(name)} />
            ))}
          </ul>
        </div>
      )}
      {kind && kind.kind !== "auto" && (
        <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
          {kind.fields.map((field) => (
            <Slot
              key={field.name}
              field={field}
              column={String(shown[field.name] ?? "")}
              columns={columns}
              onChange={(column) => put(field.name, column)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

const pick = (values: Values, { kind, fields }: SchemaKind): Values => ({
  ...Object.fromEntries(fields.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : []))),
  kind,
});
