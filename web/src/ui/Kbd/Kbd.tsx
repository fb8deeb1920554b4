export interface KbdProps {
  /** The keys as they are named, apart by a space: "Ctrl K". */
  keys: string;
  className?: string;
}

/** A key or a chord. It repeats what a control's name or help says, so a menu may hide it from screen readers. */
export function Kbd({ keys, className = "" }: KbdProps) {
  return (
    <kbd
      className={`inline-block shrink-0 rounded-mark bg-sunken px-[5px] text-xs leading-[18px] font-medium whitespace-nowrap text-muted ${className}`}
    >
      {keys}
    </kbd>
  );
}
