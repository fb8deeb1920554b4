import { Check, Minus } from "lucide-react";
import { Checkbox as AriaCheckbox } from "react-aria-components/Checkbox";
import { type FieldProps, splitField } from "../FieldFrame/field.ts";
import { ToggleFrame } from "../FieldFrame/ToggleFrame.tsx";
import { Icon } from "../Icon/Icon.tsx";

export interface CheckboxProps extends Omit<FieldProps, "unit"> {
  value: boolean;
  onChange: (value: boolean) => void;
  /** Some of what it stands for is chosen. */
  isIndeterminate?: boolean;
}

/** Yes or no, taking part in a form. What acts at once is a Switch. */
export function Checkbox(props: CheckboxProps) {
  const { frame, own } = splitField(props);
  return (
    <ToggleFrame {...frame} indent="checkbox">
      {(describedBy, isInvalid) => (
        <AriaCheckbox
          name={frame.name ?? ""}
          isSelected={own.value}
          onChange={own.onChange}
          isIndeterminate={own.isIndeterminate ?? false}
          isDisabled={frame.isDisabled ?? false}
          isInvalid={isInvalid}
          aria-describedby={describedBy ?? ""}
          {...(frame.hideLabel ? { "aria-label": frame.label } : {})}
          className="group flex min-h-6 min-w-6 cursor-pointer items-center gap-2 data-[disabled]:text-muted max-sm:in-[.touch]:min-h-11"
        >
          {({ isSelected, isIndeterminate }) => (
            <>
              <span className="inline-grid size-4 shrink-0 place-items-center rounded-mark border border-line-strong bg-raised text-on-accent outline-offset-2 outline-focus transition-colors duration-(--motion-fast) group-data-[disabled]:border-line group-data-[disabled]:bg-sunken group-data-[disabled]:text-muted group-data-[focus-visible]:outline-2 group-data-[invalid]:border-danger-mark group-data-[selected]:not-group-data-[disabled]:border-accent-solid group-data-[selected]:not-group-data-[disabled]:bg-accent-solid group-data-[indeterminate]:not-group-data-[disabled]:border-accent-solid group-data-[indeterminate]:not-group-data-[disabled]:bg-accent-solid">
                {isIndeterminate ? (
                  <Icon of={Minus} size={12} />
                ) : (
                  isSelected && <Icon of={Check} size={12} className="stroke-[2.5]" />
                )}
              </span>
              {!frame.hideLabel && <span>{frame.label}</span>}
            </>
          )}
        </AriaCheckbox>
      )}
    </ToggleFrame>
  );
}
