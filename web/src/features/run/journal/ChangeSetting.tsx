import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { useKnobs } from "./useKnobs.ts";

export interface ChangeSettingProps {
  /** What a setting is now. */
  current: (key: string) => unknown;
  /** Why it cannot be changed now. */
  why?: string;
  isPending: boolean;
  /** Names of the datasets that are mixed in. */
  mix?: readonly string[];
  /** Resolves to whether the trainer accepted. */
  onSet: (key: string, value: number | null) => Promise<boolean>;
}

/** Changes a setting while the run trains; the trainer answers between two steps. */
export function ChangeSetting({ current, why, isPending, mix, onSet }: ChangeSettingProps) {
  const { t } = useTranslation();
  const knobs = useKnobs(mix);
  const [key, setKey] = useState(knobs[0]?.key ?? "");
  const [draft, setDraft] = useState<{ value: number | null } | null>(null);
  const knob = knobs.find((each) => each.key === key) ?? knobs[0];
  if (!knob) return null;
  const now = current(knob.key);
  const known = typeof now === "number" ? now : null;
  const value = draft ? draft.value : known;
  const isWrong = value === null ? !knob.emptyMeans : value < knob.minimum || value > knob.maximum;
  const isSame = value === known;
  const send = async () => {
    if (isWrong || isSame) return;
    if (await onSet(knob.key, value)) setDraft(null);
  };
  const change =
    draft && !isSame
      ? { change: { was: String(known ?? knob.emptyMeans ?? t("none")), onReset: () => setDraft(null) } }
      : {};
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Select
        label={t("Setting")}
        options={knobs.map((each) => ({ id: each.key, label: each.label }))}
        value={knob.key}
        onChange={(next) => {
          setKey(next);
          setDraft(null);
        }}
      />
      <NumberField
        label={t("New value")}
        help={knob.help}
        value={value}
        onChange={(next) => setDraft({ value: next })}
        minimum={knob.minimum}
        maximum={knob.maximum}
        {...(knob.integer ? { integer: true } : {})}
        {...(knob.scale ? { scale: knob.scale } : {})}
        {...(knob.emptyMeans ? { emptyMeans: knob.emptyMeans } : {})}
        {...(why ? { isDisabled: true, waitsFor: why } : {})}
        {...change}
      />
      <Button
        type="submit"
        className="justify-self-start"
        isPending={isPending}
        isDisabled={Boolean(why) || isWrong || isSame}
      >
        {isPending ? t("Changing…") : t("Change it")}
      </Button>
    </form>
  );
}
