import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, INPUT_LOOK, MONO, splitField } from "../FieldFrame/field.ts";

export interface TextAreaProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** For templates, code and other exact strings. */
  mono?: boolean;
  /** Lines at least. */
  rows?: number;
  /** Lines at most; beyond, it scrolls. */
  maxRows?: number;
  isReadOnly?: boolean;
  /** Called on Ctrl Enter. */
  onSubmit?: () => void;
  onBlur?: () => void;
}

const LINE = 20;
const FRAME = 14;

/** Several lines of text; grows with them. */
export function TextArea(props: TextAreaProps) {
  const { frame, own } = splitField(props);
  const { mono = false, rows = 3, maxRows = 16 } = own;
  return (
    <FieldFrame {...frame}>
      {({ id, describedBy, isInvalid }) => (
        <div className={`${boxLook(isInvalid, frame.isDisabled)} px-0`}>
          <textarea
            id={id}
            name={frame.name}
            value={own.value}
            onChange={(event) => own.onChange(event.target.value)}
            onBlur={own.onBlur}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) own.onSubmit?.();
            }}
            rows={rows}
            placeholder={own.placeholder}
            disabled={frame.isDisabled}
            readOnly={own.isReadOnly}
            spellCheck={mono ? false : undefined}
            aria-invalid={isInvalid || undefined}
            aria-describedby={describedBy}
            style={{ minHeight: rows * LINE + FRAME, maxHeight: maxRows * LINE + FRAME }}
            className={`${INPUT_LOOK} block field-sizing-content resize-y px-2.5 py-1.5 ${mono ? MONO : ""}`}
          />
        </div>
      )}
    </FieldFrame>
  );
}
