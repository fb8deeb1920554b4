import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { type PageAction, useActions } from "../../ui/actions.ts";
import { withBase } from "../address.ts";
import { PLACES } from "./places.ts";

const PAUSE_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Ctrl+K, “?”, “g” and a letter, and the letters of the page's own actions. Not while someone types or a dialog is open. */
export function useKeyboard({ onPalette, onKeys }: { onPalette: () => void; onKeys: () => void }): void {
  const router = useRouter();
  const actions = useActions();
  const state = useRef({ actions, onPalette, onKeys });
  state.current = { actions, onPalette, onKeys };
  useEffect(() => {
    let before = "";
    let pressedAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        state.current.onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector("[role=dialog],[role=alertdialog],[role=menu]"))
        return;
      const keys = event.timeStamp - pressedAt < PAUSE_MS && before ? `${before} ${event.key}` : event.key;
      pressedAt = event.timeStamp;
      before = event.key === "g" ? "g" : "";
      if (keys === "?") return state.current.onKeys();
      const place = PLACES.find((each) => each.shortcut === keys);
      if (place) return router.history.push(withBase(place.href));
      const action = state.current.actions.find((each: PageAction) => each.shortcut?.toLowerCase() === keys);
      if (action && !action.why) {
        event.preventDefault();
        action.act();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router]);
}
