import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../../ui/FieldFrame/FieldFrame.tsx";
import { Segmented } from "../../ui/Segmented/Segmented.tsx";
import { Select } from "../../ui/Select/Select.tsx";
import { plainHelp } from "../model/plain.ts";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

/** So many branches stand side by side, all in view; more of them open as a list with a line about each. */
const MOST_TABS = 4;
/** Letters that fit side by side in the narrowest column, and what each branch needs around its words, in letters. */
const ROOM = 44;
const AROUND = 3;

/** Which branch of a union: another one starts with its own defaults. */
export function UnionWidget({ entry, frame, onChange }: WidgetProps) {
  const { t } = useTranslation();
  const branches = entry.branches ?? [];
  const value = typeof entry.value === "string" ? entry.value : null;
  const of = entry.path.at(-2);
  const label = (kind: string) => t(humaniseOption(kind, of));
  const letters = branches.reduce((sum, { kind }) => sum + label(kind).length + AROUND, 0);
  if (!frame.hideLabel && branches.length <= MOST_TABS && letters <= ROOM)
    return (
      <FieldFrame {...frame} isGroup>
        {({ describedBy }) => (
          <Segmented
            label={frame.label}
            describedBy={describedBy}
            options={branches.map(({ kind }) => ({ id: kind, label: label(kind) }))}
            value={value ?? ""}
            onChange={onChange}
            isDisabled={frame.isDisabled ?? false}
            className="w-full"
          />
        )}
      </FieldFrame>
    );
  return (
    <Select
      {...frame}
      options={branches.map(({ kind, help }) => ({
        id: kind,
        label: label(kind),
        description: t(plainHelp(help)),
      }))}
      value={value}
      onChange={onChange}
    />
  );
}
