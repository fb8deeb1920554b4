import { Switch as AriaSwitch } from "react-aria-components/Switch";
import { type FieldProps, splitField } from "../FieldFrame/field.ts";
import { ToggleFrame } from "../FieldFrame/ToggleFrame.tsx";

export interface SwitchProps extends Omit<FieldProps, "unit"> {
  value: boolean;
  onChange: (value: boolean) => void;
}

/** On or off, at once. */
export function Switch(props: SwitchProps) {
  const { frame, own } = splitField(props);
  return (
    <ToggleFrame {...frame} indent="switch">
      {(describedBy) => (
        <AriaSwitch
          name={frame.name ?? ""}
          isSelected={own.value}
          onChange={own.onChange}
          isDisabled={frame.isDisabled ?? false}
          aria-describedby={describedBy ?? ""}
          {...(frame.hideLabel ? { "aria-label": frame.label } : {})}
          className="group flex min-h-6 cursor-pointer items-center gap-2 data-[disabled]:text-muted max-sm:in-[.touch]:min-h-11"
        >
          <span className="flex h-[18px] w-8 shrink-0 items-center rounded-full border border-line-strong bg-raised px-0.5 outline-offset-2 outline-focus transition-colors duration-(--motion-fast) group-data-[disabled]:border-line group-data-[disabled]:bg-sunken group-data-[focus-visible]:outline-2 group-data-[selected]:not-group-data-[disabled]:border-accent-solid group-data-[selected]:not-group-data-[disabled]:bg-accent-solid">
            <span className="size-3 rounded-full bg-line-strong transition-transform duration-(--motion-fast) group-data-[selected]:translate-x-3.5 group-data-[selected]:not-group-data-[disabled]:bg-on-accent" />
          </span>
          {!frame.hideLabel && <span>{frame.label}</span>}
        </AriaSwitch>
      )}
    </ToggleFrame>
  );
}
