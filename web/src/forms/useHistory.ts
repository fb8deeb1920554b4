// Undo and redo of one value. Edits of the same thing in a short while are one step.

import { useCallback, useEffect, useReducer, useRef } from "react";

const MOST = 200;
const TOGETHER_MS = 800;

export interface Past<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
  /** What was edited last, and when. */
  key: string;
  at: number;
}

export type Step<T> =
  | { type: "set"; value: T; key: string; at: number }
  | { type: "undo" }
  | { type: "redo" };

export function move<T>(state: Past<T>, step: Step<T>): Past<T> {
  const { past, now, future } = state;
  if (step.type === "set") {
    const joins =
      step.key !== "" && step.key === state.key && step.at - state.at < TOGETHER_MS && past.length > 0;
    const kept = joins ? past : [...past, now].slice(-MOST);
    return { past: kept, now: step.value, future: [], key: step.key, at: step.at };
  }
  const from = step.type === "undo" ? past : future;
  const next = step.type === "undo" ? from.at(-1) : from[0];
  if (from.length === 0 || next === undefined) return state;
  const still = { now: next, key: "", at: 0 };
  if (step.type === "undo") return { ...still, past: past.slice(0, -1), future: [now, ...future] };
  return { ...still, past: [...past, now], future: future.slice(1) };
}

export interface History<T> {
  value: T;
  /** `key` names what is edited, so that typing is one step. */
  set: (value: T, key?: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
}

export function useHistory<T>(initial: T): History<T> {
  const [state, dispatch] = useReducer(move<T>, { past: [], now: initial, future: [], key: "", at: 0 });
  const set = useCallback((value: T, key = "") => dispatch({ type: "set", value, key, at: Date.now() }), []);
  const undo = useCallback(() => dispatch({ type: "undo" }), []);
  const redo = useCallback(() => dispatch({ type: "redo" }), []);
  return {
    value: state.now,
    set,
    undo,
    redo,
    canUndo: state.past.length > 0,
    canRedo: state.future.length > 0,
  };
}

/** Ctrl Z and Ctrl Shift Z (⌘ on a Mac) on the whole page, except within a dialog. */
export function useUndoKeys({ undo, redo }: Pick<History<unknown>, "undo" | "redo">): void {
  const newest = useRef({ undo, redo });
  newest.current = { undo, redo };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) return;
      if (event.target instanceof Element && event.target.closest("[role=dialog],[data-own-undo]")) return;
      event.preventDefault();
      leaveField(() => (key === "y" || event.shiftKey ? newest.current.redo() : newest.current.undo()));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** A field forgets what was typed when it is left; afterwards the focus is back. */
function leaveField(act: () => void): void {
  const field = document.activeElement;
  if (field instanceof HTMLElement) field.blur();
  act();
  if (field instanceof HTMLElement) requestAnimationFrame(() => field.isConnected && field.focus());
}
