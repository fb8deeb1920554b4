import { type ReactNode, useMemo } from "react";
import type { Entry } from "../model/entries.ts";
import { changeWithin, itemsOf } from "../model/items.ts";
import { FormContext, type FormHands, useForm } from "./context.ts";

export interface InsideProps {
  /** The list or the map whose items are drawn. */
  entry: Entry;
  /** Takes the whole as it is changed, and the dotted name that was typed into. */
  onChange: (next: unknown, typed: string) => void;
  children: ReactNode;
}

/** Settings within the items of a list or a map: what is changed there changes the whole. “Was 8” stands at the whole alone. */
export function Inside({ entry, onChange, children }: InsideProps) {
  const outer = useForm();
  const hands = useMemo((): FormHands => {
    const edit = (inner: Entry, next: unknown, typed = inner.name) =>
      onChange(changeWithin(entry, inner, next), inner.branches ? "" : typed);
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
