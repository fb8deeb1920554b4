import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, INPUT_LOOK, MONO, splitField } from "../FieldFrame/field.ts";
import { Unit } from "../FieldFrame/parts.tsx";
import { Range } from "../Slider/Range.tsx";
import { useNumberText } from "./useNumberText.ts";

export interface NumberFieldProps extends FieldProps {
  value: number | null;
  /** Every number that was typed comes here, also one out of range; text that is no number does not. */
  onChange: (value: number | null) => void;
  minimum?: number;
  maximum?: number;
  integer?: boolean;
  /** What an empty field means, e.g. "no limit". */
  emptyMeans?: string;
  /** Log: arrow keys go to the next of 1, 2, 5 (whole numbers double). */
  scale?: "linear" | "log";
  /** What an arrow key adds on a linear scale. */
  step?: number;
  /** A track under the field; needs both limits. */
  slider?: boolean;
  onBlur?: () => void;
}

/** A number in mono: reads 1e-3, 2.0e-4 and 12,000; says itself what is out of range and keeps what was typed. */
export function NumberField(props: NumberFieldProps) {
  const { frame, own } = splitField(props);
  const { text, type, leave, step, problem } = useNumberText(own);
  const { minimum, maximum } = own;
  return (
    <FieldFrame {...frame} error={frame.error ?? (frame.isDisabled ? undefined : problem)}>
      {({ id, describedBy, isInvalid, unitId }) => (
        <>
          <div className={boxLook(isInvalid, frame.isDisabled)}>
            <input
              id={id}
              name={frame.name}
              value={text}
              onChange={(event) => type(event.target.value)}
              onBlur={() => {
                leave();
                own.onBlur?.();
              }}
              onKeyDown={step}
              placeholder={own.emptyMeans}
              disabled={frame.isDisabled}
              inputMode={own.integer && (minimum ?? -1) >= 0 ? "numeric" : "text"}
              autoComplete="off"
              spellCheck={false}
              aria-invalid={isInvalid || undefined}
              aria-describedby={describedBy}
              className={`${INPUT_LOOK} ${MONO} placeholder:font-sans`}
            />
            <Unit id={unitId}>{frame.unit}</Unit>
          </div>
          {own.slider && minimum !== undefined && maximum !== undefined && (
            <Range
              className="mt-1"
              label={frame.label}
              value={own.value ?? minimum}
              onChange={own.onChange}
              minimum={minimum}
              maximum={maximum}
              step={own.step ?? (own.integer ? 1 : undefined)}
              scale={own.scale}
              isDisabled={frame.isDisabled}
              text={text || own.emptyMeans || ""}
            />
          )}
        </>
      )}
    </FieldFrame>
  );
}
