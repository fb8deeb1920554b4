import type { LucideIcon } from "lucide-react";

export interface IconProps {
  /** An icon of the one set (lucide). */
  of: LucideIcon;
  /** Edge in px. */
  size?: 12 | 16 | 20;
  muted?: boolean;
  className?: string;
}

/** An icon beside words; it is never the only carrier of a meaning, so it is hidden from screen readers. */
export function Icon({ of: Shape, size = 16, muted = false, className = "" }: IconProps) {
  return (
    <Shape
      aria-hidden="true"
      size={size}
      strokeWidth={1.5}
      className={`shrink-0 ${muted ? "text-muted" : ""} ${className}`}
    />
  );
}
