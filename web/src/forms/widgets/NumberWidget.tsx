import { NumberField } from "../../ui/NumberField/NumberField.tsx";
import type { WidgetProps } from "./types.ts";

/** A number, linear or on a log scale; empty is a value where the setting allows it. */
export function NumberWidget({ entry, frame, onChange }: WidgetProps) {
  const { control, emptyMeans } = entry.field;
  if (control.type !== "number") return null;
  return (
    <NumberField
      {...frame}
      value={typeof entry.value === "number" ? entry.value : null}
      onChange={onChange}
      integer={control.integer}
      scale={control.scale}
      {...(control.minimum === undefined ? {} : { minimum: control.minimum })}
      {...(control.maximum === undefined ? {} : { maximum: control.maximum })}
      {...(emptyMeans ? { emptyMeans } : {})}
    />
  );
}
