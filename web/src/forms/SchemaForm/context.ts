// What all fields of a form share.

import { createContext, useContext } from "react";
import type { Option } from "../../ui/Select/Select.tsx";
import type { Entry } from "../model/entries.ts";
import type { FieldProblem, Fix } from "../model/problems.ts";

export interface FormHands {
  /** What the baseline has, by dotted name; null where there is no baseline. */
  baseline: ReadonlyMap<string, Entry> | null;
  problems: ReadonlyMap<string, FieldProblem>;
  /** Every name that the form has now. */
  names: ReadonlySet<string>;
  suggestions: Readonly<Record<string, readonly Option[]>>;
  /** `typed` names what was typed into, so that typing is one step to undo; an empty one makes it a step of its own. */
  edit: (entry: Entry, next: unknown, typed?: string) => void;
  restore: (entry: Entry) => void;
  apply: (fix: Fix) => void;
}

export const FormContext = createContext<FormHands | null>(null);

export function useForm(): FormHands {
  const hands = useContext(FormContext);
  if (!hands) throw new Error("A field stands outside of a SchemaForm");
  return hands;
}
