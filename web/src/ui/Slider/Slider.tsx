import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { type FieldProps, splitField } from "../FieldFrame/field.ts";
import { Range } from "./Range.tsx";

export interface SliderProps extends FieldProps {
  value: number;
  onChange: (value: number) => void;
  minimum: number;
  maximum: number;
  step?: number;
  /** Log: each step multiplies. Both limits must be above 0. */
  scale?: "linear" | "log";
  /** How the value is written right of the track. */
  format?: (value: number) => string;
}

/** A value one feels one's way to: smoothing, temperature. Where the exact number counts, use NumberField. */
export function Slider(props: SliderProps) {
  const { frame, own } = splitField(props);
  const { t } = useTranslation();
  const { format = String } = own;
  const text = frame.unit
    ? t("{{value}} {{unit}}", { value: format(own.value), unit: frame.unit })
    : format(own.value);
  return (
    <FieldFrame {...frame} unit={undefined}>
      {({ id, describedBy, isInvalid }) => (
        <div className="flex min-h-8 items-center gap-3 max-sm:in-[.touch]:min-h-11">
          <Range
            {...own}
            id={id}
            name={frame.name}
            isDisabled={frame.isDisabled}
            text={text}
            describedBy={describedBy}
            isInvalid={isInvalid}
          />
          <output htmlFor={id} className="min-w-10 shrink-0 text-right font-mono text-caption tabular-nums">
            {text}
          </output>
        </div>
      )}
    </FieldFrame>
  );
}
