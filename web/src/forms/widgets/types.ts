// What every widget takes.

import type { ComponentType } from "react";
import type { FieldProps } from "../../ui/FieldFrame/field.ts";
import type { Option } from "../../ui/Select/Select.tsx";
import type { Entry } from "../model/entries.ts";

export interface WidgetProps {
  entry: Entry;
  /** Label, help, error, mark of change: the same around every control. */
  frame: FieldProps;
  onChange: (next: unknown) => void;
  /** Values that exist here, for references and lists of words. */
  options?: readonly Option[] | undefined;
  /** Draws a setting within this one; the chooser of widgets hands itself in. */
  draw?: ComponentType<WidgetProps>;
}
