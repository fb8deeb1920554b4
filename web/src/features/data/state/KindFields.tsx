import { humaniseOption } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import type { SchemaField } from "../facts/schema.ts";

type Values = Record<string, unknown>;

export interface KindFieldsProps {
  /** Fields of the chosen kind, as the schema names them. */
  fields: readonly SchemaField[];
  values: Values;
  onChange: (values: Values) => void;
  /** Names that text fields offer: the columns of a file. */
  names?: readonly string[];
  /** What is wrong, by field. */
  errors?: Record<string, string | undefined>;
}

interface OneProps extends Omit<KindFieldsProps, "fields" | "onChange"> {
  field: SchemaField;
  onChange: (value: unknown) => void;
}

function Toggle({ field, values, onChange }: OneProps) {
  const { t } = useTranslation();
  const value = values[field.name] ?? field.initial;
  const options = [
    ...(field.isNullable ? [{ id: "", label: t("Found by itself") }] : []),
    { id: "true", label: t("Yes") },
    { id: "false", label: t("No") },
  ];
  return (
    <Select
      label={t(field.label)}
      help={t(field.description)}
      options={options}
      value={value === null || value === undefined ? "" : String(value)}
      onChange={(next) => onChange(next === "" ? null : next === "true")}
    />
  );
}

function Words({ field, values, onChange, names = [], errors = {} }: OneProps) {
  const { t } = useTranslation();
  const value = String(values[field.name] ?? field.initial ?? "");
  const shared = { label: t(field.label), help: t(field.description), error: errors[field.name], mono: true };
  const tell = (next: string | null) => onChange(next || (field.isNullable ? null : ""));
  if (names.length === 0) return <TextField {...shared} value={value} onChange={tell} />;
  return (
    <ComboBox
      {...shared}
      value={value || null}
      onChange={tell}
      allowsCustomValue
      options={names.map((name) => ({ id: name, label: name }))}
      placeholder={field.isNullable ? t("none") : ""}
    />
  );
}

function One(props: OneProps) {
  const { field, values, onChange, errors = {} } = props;
  const { t } = useTranslation();
  const value = values[field.name] ?? field.initial;
  if (field.type === "switch") return <Toggle {...props} />;
  if (field.type === "text") return <Words {...props} />;
  if (field.type === "choice") {
    return (
      <Select
        label={t(field.label)}
        help={t(field.description)}
        error={errors[field.name]}
        options={field.options.map((id) => ({ id, label: t(humaniseOption(id)) }))}
        value={value === null ? null : String(value)}
        onChange={onChange}
      />
    );
  }
  return (
    <NumberField
      label={t(field.label)}
      help={t(field.description)}
      error={errors[field.name]}
      value={typeof value === "number" ? value : null}
      onChange={onChange}
      integer={field.isInteger}
      {...(field.minimum === undefined ? {} : { minimum: field.minimum })}
      {...(field.maximum === undefined ? {} : { maximum: field.maximum })}
      {...(field.unit ? { unit: t(field.unit) } : {})}
      scale={field.isLog ? "log" : "linear"}
    />
  );
}

/** The fields of one kind of a spec, drawn from the schema: nothing here knows their names. */
export function KindFields({ fields, values, onChange, ...rest }: KindFieldsProps) {
  return (
    <div className="grid grid-cols-2 items-start gap-4 max-sm:grid-cols-1">
      {fields.map((field) => (
        <One
          key={field.name}
          field={field}
          values={values}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
          {...rest}
        />
      ))}
    </div>
  );
}
