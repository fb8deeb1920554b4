import type { Entry } from "../../../forms/model/entries.ts";
import type { FieldProblem } from "../../../forms/model/problems.ts";
import { humanise } from "../../../forms/model/words.ts";
import type { Waiting } from "../BeforeYouStart/BeforeYouStart.tsx";

/** The fields that problems stand at, each once, by a name that can be focused. */
export function waitsOf(
  problems: readonly FieldProblem[],
  entries: readonly Entry[],
  t: (key: string) => string,
): Waiting[] {
  const found = new Map<string, Waiting>();
  for (const { field } of problems) {
    const entry =
      entries.find((each) => each.name === field) ??
      entries.find((each) => each.name.startsWith(`${field}.`));
    const name = entry?.name ?? field;
    const label = entry?.name === field ? entry.field.label : humanise(field.split(".").at(-1) ?? field);
    if (!found.has(name)) found.set(name, { name, label: t(label) });
  }
  return [...found.values()];
}
