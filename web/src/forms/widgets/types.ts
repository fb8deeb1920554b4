// What every widget takes.

import type { ComponentType } from "react";
import type { FieldProps } from "../../ui/FieldFrame/field.ts";
import type { Option } from "../../ui/Select/Select.tsx";
import type { Entry } from "../model/entries.ts";

export interface WidgetProps {
  entry: Entry;
  /** Label, help, error, mark of change: the same around every control. */
  frame: FieldProps;
  /** `typed`: what was typed into, where it is not the setting itself; empty for a step of its own to undo. */
  onChange: (next: unknown, typed?: string) => void;
  /** Values that exist here, for references and lists of words. */
  options?: readonly Option[] | undefined;
  /** Draws a setting within this one, with all that the form knows of it. */
  draw: ComponentType<{ entry: Entry; label?: string }>;
}
