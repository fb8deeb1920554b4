import type { ReactElement, ReactNode } from "react";
import {
  Tooltip as AriaTooltip,
  type TooltipProps as AriaTooltipProps,
  Focusable,
  TooltipTrigger,
} from "react-aria-components/Tooltip";

export interface TooltipProps {
  /** A few words: the name of an icon, the exact value behind a short number. */
  content: ReactNode;
  /** One thing that takes focus: a Button, a Link, or an element with a tabIndex and a role. */
  children: ReactElement;
  /** Wait before it shows on hover, in ms; on focus it shows at once. */
  delay?: number;
  placement?: AriaTooltipProps["placement"];
  /** Shows no tooltip. */
  isDisabled?: boolean;
}

/** Says a little more on hover and focus. Nothing that is needed: fingers never see it. */
export function Tooltip({ content, children, delay = 500, placement = "top", isDisabled }: TooltipProps) {
  const isPlain = typeof children.type === "string";
  return (
    <TooltipTrigger delay={delay} closeDelay={0} isDisabled={isDisabled ?? false}>
      {isPlain ? <Focusable>{children as ReactElement<never, string>}</Focusable> : children}
      <AriaTooltip
        placement={placement}
        offset={6}
        className="max-w-72 rounded-control border border-line bg-raised px-2.5 py-1.5 text-caption text-text shadow-pop transition-opacity duration-(--motion-base) data-[entering]:opacity-0 data-[exiting]:opacity-0"
      >
        {content}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
