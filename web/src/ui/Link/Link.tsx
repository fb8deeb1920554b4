import type { LucideIcon } from "lucide-react";
import { Link as AriaLink, type LinkProps as AriaLinkProps } from "react-aria-components/Link";
import { Icon } from "../Icon/Icon.tsx";

export interface LinkProps extends Omit<AriaLinkProps, "className" | "style" | "children"> {
  children: React.ReactNode;
  /** Inline is underlined, for prose; plain underlines on hover; quiet is muted until hovered; block has no look of its own. */
  look?: "inline" | "plain" | "quiet" | "block";
  icon?: LucideIcon;
  className?: string;
}

const LOOKS = {
  inline: "text-accent underline decoration-1 underline-offset-3",
  plain: "text-accent hover:underline hover:underline-offset-3",
  quiet: "text-muted hover:text-text hover:underline hover:underline-offset-3",
  block: "text-text hover:no-underline",
};

/** Goes somewhere within the studio. Takes `href`, or `render` for a router's own link. What starts something is a Button. */
export function Link({ children, look = "plain", icon, className = "", ...rest }: LinkProps) {
  const shape = icon ? "inline-flex items-center gap-1.5" : "";
  return (
    <AriaLink {...rest} className={`rounded-mark ${shape} ${LOOKS[look]} ${className}`}>
      {icon && <Icon of={icon} />}
      {children}
    </AriaLink>
  );
}
