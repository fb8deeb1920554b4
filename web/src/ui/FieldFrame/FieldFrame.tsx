import { type ReactNode, useId } from "react";
import type { FieldIds, FieldProps } from "./field.ts";
import { ChangeMark, FieldMessage } from "./parts.tsx";

type Loose<T> = { [K in keyof T]: T[K] | undefined };

export interface FieldFrameProps extends Loose<Omit<FieldProps, "label">> {
  label: string;
  /** Draws the control with the ids it must carry. */
  children: (ids: FieldIds) => ReactNode;
  /** The control is no native input: its label is a span that names it through `labelId`. */
  isGroup?: boolean;
}

/** Label, mark of change, control, and one line of help or error: the same around every field. */
export function FieldFrame(props: FieldFrameProps) {
  const { label, hideLabel, help, error, fix, change, waitsFor, isDisabled, name, unit } = props;
  const { children, isGroup, className = "" } = props;
  const id = useId();
  const isInvalid = error !== undefined && error !== null && error !== false && error !== "";
  const reason = isDisabled ? waitsFor : undefined;
  const line = reason ?? help;
  const described = [unit && `${id}-unit`, isInvalid ? `${id}-error` : line && `${id}-help`].filter(Boolean);
  const ids: FieldIds = {
    id,
    labelId: `${id}-label`,
    unitId: `${id}-unit`,
    describedBy: described.length > 0 ? described.join(" ") : undefined,
    isInvalid,
  };
  return (
    <div className={`min-w-0 ${className}`} data-field={name}>
      <div className={hideLabel ? "sr-only" : "mb-1 flex min-h-5 items-center gap-1.5 leading-5"}>
        {isGroup ? (
          <span id={ids.labelId} className="min-w-0 font-medium">
            {label}
          </span>
        ) : (
          <label id={ids.labelId} htmlFor={id} className="min-w-0 font-medium">
            {label}
          </label>
        )}
        {change && <ChangeMark label={label} {...change} />}
      </div>
      {children(ids)}
      <FieldMessage id={id} line={line} error={isInvalid ? error : undefined} fix={fix} />
    </div>
  );
}
