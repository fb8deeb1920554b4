import { Plus, X } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { FieldFrame } from "../../ui/FieldFrame/FieldFrame.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import type { WidgetProps } from "./types.ts";

/** A list of whole texts, one below the other; commas are part of them. */
export function TextsWidget({ entry, frame, onChange }: WidgetProps) {
  const { t } = useTranslation();
  const texts = Array.isArray(entry.value) ? entry.value.map(String) : [];
  const put = (at: number, text: string) =>
    onChange(texts.map((each, index) => (index === at ? text : each)));
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend beside the label
        <div role="group" aria-labelledby={labelId} className="grid gap-2">
          {texts.map((text, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: texts may be equal; their place is what they are
            <div key={at} className="flex items-center gap-1">
              <TextField
                className="flex-1"
                hideLabel
                label={t("{{label}} {{number}}", { label: frame.label, number: at + 1 })}
                value={text}
                onChange={(next) => put(at, next)}
                mono
              />
              <Button
                look="ghost"
                icon={X}
                iconOnly
                onPress={() => onChange(texts.filter((_, index) => index !== at))}
              >
                {t("Remove {{name}}", { name: text || at + 1 })}
              </Button>
            </div>
          ))}
          <Button
            size="small"
            icon={Plus}
            className="justify-self-start"
            onPress={() => onChange([...texts, ""])}
          >
            {t("Add a text")}
          </Button>
        </div>
      )}
    </FieldFrame>
  );
}
