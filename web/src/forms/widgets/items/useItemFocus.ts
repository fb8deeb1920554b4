import { type RefObject, useEffect, useRef, useState } from "react";
import { focusField } from "../../SchemaForm/focus.ts";

export type Act = "up" | "down" | "remove";

interface Wanted {
  at: number;
  what: Act | "field";
}

/** After an item was moved, removed or added, the focus is where the hand was, and screen readers are told. */
export function useItemFocus(root: RefObject<HTMLElement | null>, values: unknown) {
  const wanted = useRef<Wanted | null>(null);
  const [said, setSaid] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: it waits for the list to be another one
  useEffect(() => {
    const { current } = wanted;
    wanted.current = null;
    if (!current || !root.current) return;
    const item = root.current.querySelectorAll<HTMLElement>(":scope > [data-item]")[current.at];
    if (current.what === "field" && item?.parentElement && focusIn(item)) return;
    const acts = current.what === "field" ? [] : [current.what, OTHER[current.what]];
    const found = acts.map((act) => button(item, `[data-act=${act}]`)).find((each) => each && !each.disabled);
    (found ?? button(root.current, ":scope > [data-add]"))?.focus();
  }, [values, root]);
  const next = (at: number, what: Wanted["what"], words = "") => {
    wanted.current = { at, what };
    setSaid(words);
  };
  return { next, said };
}

const OTHER: Record<Act, Act> = { up: "down", down: "up", remove: "remove" };

const button = (from: ParentNode | undefined, where: string) =>
  from?.querySelector<HTMLButtonElement>(`${where} button`);

/** The first control of an item: its value, its kind, or its first setting. */
function focusIn(item: HTMLElement): boolean {
  const name = item.querySelector("[data-field]")?.getAttribute("data-field");
  return name !== null && name !== undefined && focusField(item, name);
}
