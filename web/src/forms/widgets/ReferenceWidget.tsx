import { ComboBox } from "../../ui/ComboBox/ComboBox.tsx";
import type { WidgetProps } from "./types.ts";

/** Names something that exists here: chosen from what there is, or typed. */
export function ReferenceWidget({ entry, frame, onChange, options = [] }: WidgetProps) {
  const { emptyMeans, isOptional } = entry.field;
  const given = typeof entry.value === "string" && entry.value !== "" ? entry.value : null;
  return (
    <ComboBox
      {...frame}
      options={options}
      value={given}
      onChange={(value) => onChange(value ?? (isOptional ? null : ""))}
      allowsCustomValue
      mono
      {...(emptyMeans ? { placeholder: emptyMeans } : {})}
    />
  );
}
