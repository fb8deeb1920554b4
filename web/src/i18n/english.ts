// English is what stands in the code: a sentence is its own key, so telling it needs no library. `translated.ts` does the same, and
// more, for every other language; `i18n.test.ts` holds the two together.

export type Values = Record<string, unknown>;

const COUNT = new Intl.NumberFormat("en");
const PLURALS = new Intl.PluralRules("en");

/** A whole number in a sentence is told with thousands, 1,700 steps; what should look otherwise comes as text. */
export function tell(value: unknown): string {
  return Number.isInteger(value) ? COUNT.format(value as number) : String(value ?? "");
}

export function english(key: string, values: Values = {}): string {
  const { count } = values;
  const form = typeof count === "number" ? values[`defaultValue_${PLURALS.select(count)}`] : undefined;
  const sentence = typeof form === "string" ? form : key;
  return sentence.replace(/\{\{(\w+)\}\}/g, (_, name: string) => tell(values[name]));
}
