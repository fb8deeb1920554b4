import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { faultOf, parseNumber, type StepOptions, stepNumber, writeNumber } from "./number.ts";

interface Draft {
  text: string;
  /** The value when this was typed, and the value it stands for: any other value from outside replaces the draft. */
  before: number | null;
  meant: number | null;
}

interface Options extends StepOptions {
  value: number | null;
  onChange: (value: number | null) => void;
}

/** The typed text beside the value: what was typed stays as it is while it is wrong or being typed. */
export function useNumberText(options: Options) {
  const { value, onChange } = options;
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft | null>(null);
  const isCurrent = draft !== null && (draft.meant === value || draft.before === value);
  const text = isCurrent ? draft.text : writeNumber(value, options.scale);
  const fault = faultOf(text, options);

  const type = (typed: string) => {
    const parsed = typed.trim() === "" ? null : parseNumber(typed);
    setDraft({ text: typed, before: value, meant: parsed === undefined ? value : parsed });
    if (parsed !== undefined && parsed !== value) onChange(parsed);
  };
  const leave = () => {
    if (faultOf(text, options) !== "number") setDraft(null);
  };
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    setDraft(null);
    onChange(stepNumber(value ?? options.minimum ?? 0, event.key === "ArrowUp" ? 1 : -1, options));
  };
  const write = (limit: number | undefined) => writeNumber(limit ?? null, options.scale);
  const low = write(options.minimum);
  const high = write(options.maximum);
  const ranges = {
    both: () => t("{{text}} is outside {{low}} to {{high}}.", { text, low, high }),
    low: () => t("{{text}} is too small. The least is {{low}}.", { text, low }),
    high: () => t("{{text}} is too large. The most is {{high}}.", { text, high }),
  };
  const sentences = {
    number: () => t("“{{text}}” is not a number.", { text }),
    integer: () => t("{{text}} is not a whole number.", { text }),
    range: () => ranges[low && high ? "both" : low ? "low" : "high"](),
  };
  return { text, type, leave, step, problem: fault ? sentences[fault]() : undefined };
}
