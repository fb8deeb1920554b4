import type { LucideIcon } from "lucide-react";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { ToggleButtonGroup } from "react-aria-components/ToggleButtonGroup";
import { Icon } from "../Icon/Icon.tsx";

export interface SegmentedOption<T extends string = string> {
  id: T;
  label: string;
  icon?: LucideIcon;
  isDisabled?: boolean;
}

export interface SegmentedProps<T extends string = string> {
  /** What is chosen, for screen readers: "How much to show". */
  label: string;
  options: readonly SegmentedOption<T>[];
  value: T;
  onChange: (value: T) => void;
  /** Height of the whole: 28 px in panel headers, 32 px beside other controls. */
  size?: "medium" | "small";
  /** Shows icons alone; the words stay their names. */
  iconOnly?: boolean;
  isDisabled?: boolean;
  /** Id of the words that explain it. */
  describedBy?: string | undefined;
  className?: string;
}

/** One of two to five short words, all in view, acting at once. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, options, value, onChange, size = "medium", iconOnly = false, className = "" } = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      {...(props.describedBy ? { "aria-describedby": props.describedBy } : {})}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const next = options.find((option) => keys.has(option.id));
        if (next) onChange(next.id);
      }}
      isDisabled={props.isDisabled ?? false}
      className={`inline-flex max-w-full gap-px overflow-x-auto rounded-control bg-sunken p-0.5 ${className}`}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.id}
          id={option.id}
          isDisabled={option.isDisabled ?? false}
          {...(iconOnly ? { "aria-label": option.label } : {})}
          className={`inline-flex shrink-0 grow items-center justify-center gap-1.5 rounded-[4px] text-caption font-medium whitespace-nowrap text-muted outline-focus data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-1 data-[hovered]:text-text data-[selected]:bg-raised data-[selected]:text-text data-[selected]:shadow-panel data-[selected]:ring-1 data-[selected]:ring-line max-sm:min-h-7 max-sm:in-[.touch]:min-h-10 ${iconOnly ? "min-w-7 px-1" : "px-2.5"} ${size === "medium" ? "h-7" : "h-6"}`}
        >
          {option.icon && <Icon of={option.icon} />}
          {!iconOnly && option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
