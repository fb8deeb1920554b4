import { Switch } from "../../ui/Switch/Switch.tsx";
import type { WidgetProps } from "./types.ts";

/** On or off. */
export function SwitchWidget({ entry, frame, onChange }: WidgetProps) {
  const { unit: _, ...words } = frame;
  return <Switch {...words} value={entry.value === true} onChange={onChange} />;
}
