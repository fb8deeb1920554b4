// Numbers as people read them. The exact value belongs in the title beside it.

// Made once: one for each number took a quarter of the script's time while a large table was scrolled.
const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const MINUS = "−";
export const NONE = "—";

function signed(text: string): string {
  return text.replace(/^-/, MINUS);
}

/** A whole number with thousands: 9,412. */
export function formatCount(value: number): string {
  return signed(COUNT.format(value));
}

/** Short: 9.4k, 179 M, 1.2 B, 1.6e26; whole below 10,000. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size < 10_000) return formatCount(value);
  if (size >= 1e15) return signed(value.toExponential(1).replace("+", ""));
  for (const [limit, unit, gap] of [
    [1e9, "B", " "],
    [1e6, "M", " "],
    [1e3, "k", ""],
  ] as const) {
    if (size >= limit) {
      const scaled = value / limit;
      return signed(scaled.toFixed(Math.abs(scaled) < 10 ? 1 : 0)) + gap + unit;
    }
  }
  return formatCount(value);
}

/** A measured value to `digits` significant digits: 1.918, 0.0312, 3.0e-4. */
export function formatValue(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3) return signed(value.toExponential(1));
  if (size >= 1e4) return formatShort(value);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return signed(value.toFixed(Math.min(decimals, 4)));
}

/** A difference with its sign, always: −0.026, +0.073. */
export function formatDelta(value: number, digits = 3): string {
  if (value === 0) return "0";
  return (value > 0 ? "+" : "") + formatValue(value, digits);
}

/** A learning rate, as it is written in a recipe: 3e-4. */
export function formatRate(value: number): string {
  if (value === 0) return "0";
  if (value >= 0.1) return formatValue(value, 3);
  return value.toExponential(1).replace(".0e", "e");
}

/** A share: 0.078 is 7.8 %. */
export function formatPercent(share: number, digits = 0): string {
  return `${signed((share * 100).toFixed(digits))} %`;
}

/** Bytes in powers of 1,000: 9.8 GB. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let scaled = bytes;
  let unit = 0;
  while (Math.abs(scaled) >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${signed(scaled.toFixed(unit === 0 || scaled >= 100 ? 0 : 1))} ${units[unit]}`;
}

/** A duration in its two largest units: 4 min 40 s, 1 h 32 min, 0.4 s. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor((whole % 86_400) / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** A time of day with seconds, of Unix seconds: 14:18:02. */
export function formatClock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/** How long ago, roughly: just now, 5 min ago, yesterday, 3 Nov. */
export function formatAgo(seconds: number, now: number = Date.now() / 1000): string {
  const age = now - seconds;
  if (age < 45) return "just now";
  if (age < 3600) return `${Math.max(1, Math.round(age / 60))} min ago`;
  if (age < 86_400) return `${Math.round(age / 3600)} h ago`;
  if (age < 172_800) return "yesterday";
  return new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}

/** The exact moment, for a title: 2026-11-25 14:18:02. */
export function formatMoment(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(seconds)}`;
}
