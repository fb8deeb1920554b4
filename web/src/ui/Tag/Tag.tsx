import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";

export interface TagProps {
  /** One or two words. */
  children: string;
  /** Colour only where it means a state. */
  tone?: "neutral" | "accent" | "positive" | "warning" | "danger";
  /** A small mark before the word. */
  before?: ReactNode;
  /** For ids and exact strings. */
  mono?: boolean;
  /** Makes it removable: a 24 px button follows the word. */
  onRemove?: () => void;
  isDisabled?: boolean;
  className?: string;
}

const TONES = {
  neutral: "bg-sunken text-text-2",
  accent: "bg-accent-wash text-accent",
  positive: "bg-positive-wash text-positive",
  warning: "bg-warning-wash text-warning",
  danger: "bg-danger-wash text-danger",
};

/** A word that belongs to a thing: its kind, version or label. */
export function Tag({
  children,
  tone = "neutral",
  before,
  mono,
  onRemove,
  isDisabled,
  className = "",
}: TagProps) {
  const { t } = useTranslation();
  return (
    <span
      className={`inline-flex max-w-full min-w-0 items-center gap-1 rounded-mark text-xs whitespace-nowrap ${onRemove ? "h-6 pl-1.5" : "h-5 px-1.5"} ${TONES[tone]} ${mono ? "font-mono" : ""} ${className}`}
    >
      {before}
      <span className="truncate">{children}</span>
      {onRemove && (
        <button
          type="button"
          aria-label={t("Remove {{name}}", { name: children })}
          onClick={onRemove}
          disabled={isDisabled}
          className="inline-grid size-6 shrink-0 place-items-center rounded-mark text-current hover:bg-hover"
        >
          <Icon of={X} size={12} />
        </button>
      )}
    </span>
  );
}
