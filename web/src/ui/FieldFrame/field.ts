// What every field takes, and the looks its box shares.

import type { ReactNode } from "react";

export interface FieldProps {
  /** The name of the value, in words. */
  label: string;
  /** Keeps the label for screen readers only: where a heading or a column says it already. */
  hideLabel?: boolean;
  /** One line: what it does and its range. */
  help?: ReactNode;
  /** Replaces the help line; the typed value stays. */
  error?: ReactNode;
  /** The likely value, offered after the error: "Use 0.03". */
  fix?: { label: string; onApply: () => void } | undefined;
  /** Marks a value that differs from its preset; a click brings the old one back. */
  change?: { was: string; onReset: () => void } | undefined;
  /** Why the field is disabled and what would enable it; stands below it. */
  waitsFor?: string | undefined;
  isDisabled?: boolean;
  /** Name in a form and for links to the field. */
  name?: string;
  /** Unit inside the box, after the value. */
  unit?: string | undefined;
  className?: string;
}

/** What the frame hands to the control it surrounds. */
export interface FieldIds {
  id: string;
  labelId: string;
  unitId: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

const REST = "border-line-strong bg-raised text-text";
const WRONG = "border-danger-mark bg-raised text-text ring-1 ring-danger-mark";
const OFF = "border-line bg-sunken text-muted cursor-not-allowed";

/** The 32 px box; 44 px inside a sheet on phones. */
export function boxLook(isInvalid: boolean, isDisabled = false): string {
  const state = isDisabled ? OFF : isInvalid ? WRONG : REST;
  return `flex min-h-8 w-full min-w-0 items-center gap-2 rounded-control border px-2.5 transition-colors duration-(--motion-fast) max-sm:in-[.touch]:min-h-11 has-[input:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-2 outline-offset-1 outline-focus ${state}`;
}

/** The input itself has no box and no ring: its box draws them. */
export const INPUT_LOOK =
  "min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-muted disabled:cursor-not-allowed disabled:text-muted";

export const MONO = "font-mono tabular-nums";

/** Splits what belongs to the frame from what belongs to the control. */
export function splitField<P extends FieldProps>(props: P) {
  const { label, hideLabel, help, error, fix, change, waitsFor, isDisabled, name, unit, className, ...own } =
    props;
  return {
    frame: { label, hideLabel, help, error, fix, change, waitsFor, isDisabled, name, unit, className },
    own,
  };
}
