import { useTranslation } from "../../i18n/i18n.ts";
import { type Option, Select } from "../../ui/Select/Select.tsx";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

const EMPTY = "";

/** One of a few fixed values; one more entry says what empty means. */
export function EnumWidget({ entry, frame, onChange }: WidgetProps) {
  const { t } = useTranslation();
  const { control, emptyMeans, isOptional } = entry.field;
  if (control.type !== "enum") return null;
  const given: Option[] = control.options.map((each) => ({
    id: String(each),
    label: t(humaniseOption(each)),
  }));
  const none: Option[] = isOptional ? [{ id: EMPTY, label: t(emptyMeans ?? "empty") }] : [];
  return (
    <Select
      {...frame}
      options={[...none, ...given]}
      value={entry.value === null ? EMPTY : entry.value === undefined ? null : String(entry.value)}
      onChange={(id) => onChange(control.options.find((each) => String(each) === id) ?? null)}
    />
  );
}
