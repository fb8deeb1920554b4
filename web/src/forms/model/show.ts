// Values and ranges in words, for “was 8”, for the line of a closed section and for help.

import { writeNumber } from "../../ui/NumberField/number.ts";
import type { Entry } from "./entries.ts";
import type { Field } from "./model.ts";
import { isValues } from "./schema.ts";
import { isEmpty } from "./values.ts";
import { humaniseOption } from "./words.ts";

type T = (key: string, values?: Record<string, unknown>) => string;

/** A value as the field shows it. */
export function showValue(t: T, field: Field, value: unknown, isChoice = false): string {
  if (isEmpty(value)) return t(field.emptyMeans ?? "empty");
  if (isChoice) return t(humaniseOption(value));
  if (typeof value === "boolean") return value ? t("on") : t("off");
  if (typeof value === "number")
    return writeNumber(value, field.control.type === "number" ? field.control.scale : "linear");
  if (Array.isArray(value)) return showList(t, value);
  if (isValues(value))
    return showList(
      t,
      Object.entries(value).map(([name, each]) => `${name}: ${isValues(each) ? showItem(t, each) : each}`),
    );
  return String(value);
}

const MOST_ITEMS = 4;

function showList(t: T, items: readonly unknown[]): string {
  if (items.length === 0) return t("none");
  const shown = items.slice(0, items.length > MOST_ITEMS ? MOST_ITEMS - 1 : MOST_ITEMS);
  const list = shown.map((each) => showItem(t, each)).join(", ");
  const count = items.length - shown.length;
  return count > 0 ? t("{{list}} and {{count}} more", { list, count }) : list;
}

function showItem(t: T, item: unknown): string {
  if (!isValues(item)) return String(item);
  return item.kind === undefined ? Object.values(item).map(String).join(" ") : t(humaniseOption(item.kind));
}

/** “1 to 65,536”, “More than 0”, “At least 1”; undefined where anything goes. */
export function showRange(t: T, field: Field): string | undefined {
  if (field.control.type !== "number") return undefined;
  const { minimum, maximum, above, below, scale } = field.control;
  const write = (limit: number | undefined) => writeNumber(limit ?? null, scale);
  const [low, high] = [write(minimum ?? above), write(maximum ?? below)];
  if (low && high) {
    if (above !== undefined) return t("More than {{low}}, at most {{high}}.", { low, high });
    if (below !== undefined) return t("{{low}} to less than {{high}}.", { low, high });
    return t("{{low}} to {{high}}.", { low, high });
  }
  if (above !== undefined) return t("More than {{low}}.", { low });
  return low ? t("At least {{low}}.", { low }) : undefined;
}

/** What a closed section holds, in a few words. */
export function summarise(t: T, entries: readonly Entry[], most = 3): string {
  const parts = entries.flatMap((each) => {
    const part = partOf(t, each);
    return part ? [part] : [];
  });
  return parts.slice(0, most).join(", ");
}

function partOf(t: T, { field, value, branches }: Entry): string | undefined {
  if (isEmpty(value) || (Array.isArray(value) && value.length === 0)) return undefined;
  const shown = showValue(t, field, value, branches !== undefined);
  if (branches || field.control.type === "enum" || field.control.type === "text") return shown;
  const label = t(field.label);
  const small = /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
  if (typeof value === "boolean") return value ? small : undefined;
  return `${small} ${shown}`;
}
