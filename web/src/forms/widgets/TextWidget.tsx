import { TextArea } from "../../ui/TextArea/TextArea.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import type { WidgetProps } from "./types.ts";

/** A text: one line, or several where it is prose for a model. Empty is null where the setting allows it. */
export function TextWidget({ entry, frame, onChange }: WidgetProps) {
  const { control, emptyMeans, isOptional } = entry.field;
  if (control.type !== "text") return null;
  const value = typeof entry.value === "string" ? entry.value : "";
  const change = (text: string) => onChange(text === "" && isOptional ? null : text);
  if (control.long) return <TextArea {...frame} value={value} onChange={change} rows={3} />;
  return (
    <TextField
      {...frame}
      value={value}
      onChange={change}
      mono={control.mono}
      {...(emptyMeans ? { placeholder: emptyMeans } : {})}
      {...(control.maxLength ? { maxLength: control.maxLength } : {})}
    />
  );
}
