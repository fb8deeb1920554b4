import { type ReactNode, useId } from "react";
import type { FieldFrameProps } from "./FieldFrame.tsx";
import { ChangeMark, FieldMessage } from "./parts.tsx";

export interface ToggleFrameProps extends Omit<FieldFrameProps, "children" | "isGroup"> {
  /** Width of the control and its gap: the line below starts under the words. */
  indent: "checkbox" | "switch";
  children: (describedBy: string | undefined, isInvalid: boolean) => ReactNode;
}

/** The frame of a checkbox or switch: the control carries its own label, the line stands below, indented. */
export function ToggleFrame(props: ToggleFrameProps) {
  const { label, help, error, fix, change, waitsFor, isDisabled, name, children, className = "" } = props;
  const id = useId();
  const isInvalid = error !== undefined && error !== null && error !== false && error !== "";
  const line = (isDisabled ? waitsFor : undefined) ?? help;
  const describedBy = isInvalid ? `${id}-error` : line ? `${id}-help` : undefined;
  return (
    <div className={`min-w-0 ${className}`} data-field={name}>
      <div className="flex min-h-6 items-center gap-2">
        {children(describedBy, isInvalid)}
        {change && <ChangeMark label={label} {...change} />}
      </div>
      <div className={props.indent === "switch" ? "[&_p]:mt-0 [&_p]:pl-10" : "[&_p]:mt-0 [&_p]:pl-6"}>
        <FieldMessage id={id} line={line} error={isInvalid ? error : undefined} fix={fix} />
      </div>
    </div>
  );
}
