import { type ReactNode, useMemo } from "react";
import type { Entry } from "../model/entries.ts";
import { changeInside, itemsOf } from "../model/items.ts";
import { FormContext, type FormHands, useForm } from "./context.ts";

export interface InsideProps {
  /** The list whose items are drawn. */
  entry: Entry;
  /** Takes the whole changed list, and the dotted name that was typed into. */
  onChange: (next: unknown[], typed: string) => void;
  children: ReactNode;
}

/** Settings within the items of a list: what is changed there changes the list. “Was 8” stands at the list alone. */
export function Inside({ entry, onChange, children }: InsideProps) {
  const outer = useForm();
  const hands = useMemo((): FormHands => {
    const edit = (inner: Entry, next: unknown, typed = inner.name) =>
      onChange(changeInside(entry, inner, next), inner.branches ? "" : typed);
    return {
      ...outer,
      baseline: null,
      edit,
      apply: (fix) => {
        const all = itemsOf(entry).flatMap(({ head, fields }) => (head ? [head, ...fields] : fields));
        const inner = all.find((each) => each.name === fix.name);
        if (inner) edit(inner, fix.value, "");
        else outer.apply(fix);
      },
    };
  }, [outer, entry, onChange]);
  return <FormContext value={hands}>{children}</FormContext>;
}
