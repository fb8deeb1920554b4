import { useTranslation } from "../../i18n/i18n.ts";
import { Select } from "../../ui/Select/Select.tsx";
import { plainHelp } from "../model/plain.ts";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

/** Which branch of a union: another one starts with its own defaults. */
export function UnionWidget({ entry, frame, onChange }: WidgetProps) {
  const { t } = useTranslation();
  const branches = entry.branches ?? [];
  return (
    <Select
      {...frame}
      options={branches.map(({ kind, help }) => ({
        id: kind,
        label: t(humaniseOption(kind)),
        description: t(plainHelp(help)),
      }))}
      value={typeof entry.value === "string" ? entry.value : null}
      onChange={onChange}
    />
  );
}
