import { useTranslation } from "../../i18n/i18n.ts";

export interface StackPart {
  label: string;
  value: number;
  /** Colour from the sequential scale, 1 to 7. By default the parts share it evenly. */
  heat?: 1 | 2 | 3 | 4 | 5 | 6 | 7;
}

export interface StackBarProps {
  /** What it shows: "GPU memory". */
  name: string;
  parts: readonly StackPart[];
  /** What there is in all; the rest stays bare. */
  total: number;
  /** How a value is written. */
  format: (value: number) => string;
}

const SWATCHES = [6, 5, 4, 3, 2] as const;

function colorOf(part: StackPart, index: number): string {
  return `var(--heat-${part.heat ?? SWATCHES[index % SWATCHES.length]})`;
}

/** Parts of a whole, with a legend that says the numbers. Beyond the limit the bar says so in words. */
export function StackBar({ name, parts, total, format }: StackBarProps) {
  const { t } = useTranslation();
  const used = parts.reduce((sum, part) => sum + part.value, 0);
  const over = used > total;
  const scale = Math.max(used, total) || 1;
  const sentence = t("{{name}}: {{used}} of {{total}}", { name, used: format(used), total: format(total) });
  return (
    <div>
      <div
        role="img"
        aria-label={sentence}
        className="relative flex h-3 overflow-hidden rounded-mark bg-sunken shadow-[inset_0_0_0_1px_var(--line)]"
      >
        {parts.map((part, index) => (
          <i
            key={part.label}
            title={`${part.label}: ${format(part.value)}`}
            className="border-r border-surface"
            style={{ width: `${(100 * part.value) / scale}%`, background: colorOf(part, index) }}
          />
        ))}
        {over && (
          <i
            className="absolute inset-y-0 w-0.5 bg-danger-mark"
            style={{ left: `${(100 * total) / scale}%` }}
          />
        )}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-caption text-muted tabular-nums">
        {parts.map((part, index) => (
          <li key={part.label} className="inline-flex items-center gap-1.5">
            <i
              className="size-2.5 rounded-[2px] shadow-[inset_0_0_0_1px_var(--line-strong)]"
              style={{ background: colorOf(part, index) }}
            />
            {part.label} <span className="text-text">{format(part.value)}</span>
          </li>
        ))}
        {(over || total - used > scale * 1e-6) && (
          <li className={over ? "font-medium text-danger" : ""}>
            {over
              ? t("{{amount}} too much", { amount: format(used - total) })
              : t("{{amount}} free", { amount: format(total - used) })}
          </li>
        )}
      </ul>
    </div>
  );
}
