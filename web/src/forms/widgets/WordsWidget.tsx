import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../../ui/FieldFrame/FieldFrame.tsx";
import { Segmented } from "../../ui/Segmented/Segmented.tsx";
import { TagField } from "../../ui/TagField/TagField.tsx";
import { humaniseOption } from "../model/words.ts";
import type { WidgetProps } from "./types.ts";

const NAMED = "named";

/** What is no number stays as it was typed, and the server says so. */
const numberOrWord = (word: string): unknown =>
  /^-?\d[\d_,]*$/.test(word) ? Number(word.replace(/[_,]/g, "")) : word;

/** A list of words or numbers. Where one word stands for a whole choice (`all-linear`), that choice comes first. */
export function WordsWidget(props: WidgetProps) {
  const { t } = useTranslation();
  const { entry, frame, onChange, options = [] } = props;
  const control = entry.field.control.type === "words" ? entry.field.control : undefined;
  const special = control?.special;
  const words = Array.isArray(entry.value) ? entry.value.map(String) : [];
  const put = (next: string[]) => onChange(control?.areNumbers ? next.map(numberOrWord) : next);
  const list = { value: words, onChange: put, mono: true, suggestions: options.map((option) => option.id) };
  const { unit: _, ...line } = frame;
  if (special === undefined) return <TagField {...line} {...list} />;
  const isNamed = entry.value !== special;
  return (
    <FieldFrame {...frame} isGroup>
      {() => (
        <div className="grid gap-2">
          <Segmented
            label={frame.label}
            className="justify-self-start"
            options={[
              { id: special, label: t(humaniseOption(special)) },
              { id: NAMED, label: t("By name") },
            ]}
            value={isNamed ? NAMED : special}
            onChange={(id) => onChange(id === special ? special : [])}
          />
          {isNamed && <TagField {...list} label={t("{{label}} by name", { label: frame.label })} hideLabel />}
        </div>
      )}
    </FieldFrame>
  );
}
