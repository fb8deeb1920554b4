import type { ReactElement, ReactNode } from "react";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover as AriaPopover, type PopoverProps as AriaPopoverProps } from "react-aria-components/Popover";
import { SURFACE } from "./surface.ts";

export interface PopoverProps {
  /** The Button that opens it. */
  trigger: ReactElement;
  /** Its name for screen readers. */
  label: string;
  /** Content; a function gets `close`. */
  children: ReactNode | ((close: () => void) => ReactNode);
  placement?: AriaPopoverProps["placement"];
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  className?: string;
}

/** A few controls or facts beside what opened them; the page stays usable to read. */
export function Popover(props: PopoverProps) {
  const { trigger, label, children, placement = "bottom start", className = "w-72" } = props;
  const open = props.isOpen === undefined ? {} : { isOpen: props.isOpen };
  const told = props.onOpenChange ? { onOpenChange: props.onOpenChange } : {};
  return (
    <DialogTrigger {...open} {...told}>
      {trigger}
      <AriaPopover placement={placement} offset={4} className={`${SURFACE} max-w-[calc(100vw-16px)]`}>
        <Dialog
          aria-label={label}
          className={`max-h-[inherit] overflow-y-auto p-4 outline-none ${className}`}
        >
          {({ close }) => (typeof children === "function" ? children(close) : children)}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
