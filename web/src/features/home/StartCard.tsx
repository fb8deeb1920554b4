import type { LucideIcon } from "lucide-react";
import { Icon } from "../../ui/Icon/Icon.tsx";

export interface StartCardProps {
  title: string;
  /** One or two sentences: what one gets. */
  about: string;
  /** Right of the title: how long it takes. */
  note: string;
  icon: LucideIcon;
  isPrimary?: boolean;
  isPending?: boolean;
  /** Why it cannot start, and what would help. */
  why?: string;
  onPress: () => void;
}

/** A way to begin: the whole card is the button. */
export function StartCard(props: StartCardProps) {
  const { title, about, note, icon, isPrimary = false, isPending = false, why, onPress } = props;
  const look = isPrimary ? "border-accent-line shadow-[inset_0_0_0_1px_var(--accent-line)]" : "border-line";
  return (
    <button
      type="button"
      onClick={onPress}
      disabled={Boolean(why)}
      aria-busy={isPending || undefined}
      className={`flex flex-col items-stretch justify-start rounded-panel border bg-surface px-4 py-3 text-left shadow-panel transition-colors duration-(--motion-fast) not-disabled:hover:border-line-strong disabled:bg-sunken ${look}`}
    >
      <span className="flex items-center gap-2">
        <Icon of={icon} className={isPrimary ? "text-accent" : "text-muted"} />
        <span className="min-w-0 font-semibold">{title}</span>
        <span className="ml-auto text-caption whitespace-nowrap text-muted">{note}</span>
      </span>
      <span className="mt-0.5 block text-caption leading-[18px] text-muted">{about}</span>
      {why && <span className="mt-1 block text-caption leading-[18px] text-warning">{why}</span>}
    </button>
  );
}
