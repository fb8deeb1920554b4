// Where a value lies on a track, and the value of a place on it.

export type Scale = "linear" | "log";

/** 0 to 1. */
export function toPosition(value: number, minimum: number, maximum: number, scale: Scale): number {
  const share =
    scale === "log"
      ? Math.log(Math.max(value, minimum) / minimum) / Math.log(maximum / minimum)
      : (value - minimum) / (maximum - minimum);
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

/** The value at a place of a log track, to two digits: nobody means 0.00031847. */
export function toValue(position: number, minimum: number, maximum: number): number {
  if (position <= 0) return minimum;
  if (position >= 1) return maximum;
  return Number((minimum * (maximum / minimum) ** position).toPrecision(2));
}
