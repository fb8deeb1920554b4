import { useTranslation } from "../../i18n/i18n.ts";
import { Checkbox } from "../../ui/Checkbox/Checkbox.tsx";
import { FieldFrame } from "../../ui/FieldFrame/FieldFrame.tsx";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

/** Any of a few things that the schema names, in the order of the schema. */
export function ChoicesWidget({ entry, frame, onChange }: WidgetProps) {
  const { t } = useTranslation();
  const options = entry.field.control.type === "choices" ? entry.field.control.options : [];
  const chosen = new Set(Array.isArray(entry.value) ? entry.value.map(String) : []);
  const put = (option: string, isChosen: boolean) =>
    onChange(
      options.filter((each) => (each === option ? isChosen : chosen.has(each))),
      "",
    );
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId, describedBy }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend beside the label
        <div
          role="group"
          aria-labelledby={labelId}
          aria-describedby={describedBy}
          className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-4 gap-y-1"
        >
          {options.map((option) => (
            <Checkbox
              key={option}
              label={t(humaniseOption(option))}
              value={chosen.has(option)}
              onChange={(isChosen) => put(option, isChosen)}
            />
          ))}
        </div>
      )}
    </FieldFrame>
  );
}
