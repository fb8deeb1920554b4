import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { Icon } from "../Icon/Icon.tsx";

export type ButtonLook = "primary" | "secondary" | "ghost" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "children" | "className" | "style"> {
  /** What happens, verb first. Required also for `iconOnly`, where it is the accessible name. */
  children: ReactNode;
  /** At most one primary a page. Danger is red text, never a red field. */
  look?: ButtonLook;
  /** Height: 32 px, or 24 px in panel headers and rows. On phones both grow to 44 px where they stand in a page header. */
  size?: "medium" | "small";
  icon?: LucideIcon;
  /** Shows the icon alone; the words become the accessible name and the tooltip. */
  iconOnly?: boolean;
  /** Beside a button that is disabled and has no words next to it: what it waits for. On hover, and for screen readers. */
  why?: string | undefined;
  className?: string;
}

const LOOKS: Record<ButtonLook, string> = {
  primary:
    "bg-accent-solid text-on-accent border-transparent shadow-panel hover:bg-accent-solid-hover data-[pressed]:bg-accent-solid-hover",
  secondary: "bg-surface text-text border-line shadow-panel hover:bg-hover data-[pressed]:bg-sunken",
  ghost: "bg-transparent text-text-2 border-transparent hover:bg-hover data-[pressed]:bg-sunken",
  danger:
    "bg-surface text-danger border-line shadow-panel hover:bg-danger-wash data-[pressed]:bg-danger-wash",
};

const SIZES = {
  medium: { words: "h-8 px-3", alone: "size-8" },
  small: { words: "h-6 px-2 text-caption", alone: "size-6" },
};

const DISABLED =
  "data-[disabled]:bg-sunken data-[disabled]:text-muted data-[disabled]:border-line data-[disabled]:shadow-none";

// Kept reachable and named, but deaf: neither a press nor a form hears it.
const PENDING = {
  onPress: () => undefined,
  type: "button" as const,
  "aria-disabled": true,
  "data-pending": true,
};

/** A button. While `isPending` it keeps its width, tells screen readers, and does nothing. */
export function Button(props: ButtonProps) {
  const {
    children,
    look = "secondary",
    size = "medium",
    icon,
    iconOnly = false,
    className = "",
    isPending = false,
    why,
    ...rest
  } = props;
  const hint = [iconOnly && typeof children === "string" ? children : "", rest.isDisabled ? why : ""]
    .filter(Boolean)
    .join(": ");
  const shape = iconOnly ? SIZES[size].alone : SIZES[size].words;
  return (
    <AriaButton
      {...rest}
      {...(isPending ? PENDING : {})}
      {...(iconOnly && typeof children === "string" ? { "aria-label": children } : {})}
      {...(hint ? { render: (dom) => <button {...dom} title={hint} /> } : {})}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control border font-medium whitespace-nowrap transition-colors duration-(--motion-fast) data-[pending]:opacity-60 ${shape} ${LOOKS[look]} ${DISABLED} ${className}`}
    >
      {icon && <Icon of={icon} muted={look === "secondary"} />}
      {iconOnly ? null : children}
    </AriaButton>
  );
}
