import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { ComboBox as AriaComboBox } from "react-aria-components/ComboBox";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Popover } from "react-aria-components/Popover";
import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, INPUT_LOOK, MONO, splitField } from "../FieldFrame/field.ts";
import { Unit } from "../FieldFrame/parts.tsx";
import { Icon } from "../Icon/Icon.tsx";
import { SURFACE } from "../Popover/surface.ts";
import { flatOptions, keyed, OptionList, type Options } from "../Select/OptionList.tsx";

export interface ComboBoxProps extends FieldProps {
  /** Options, or sections {title, options}. */
  options: Options;
  /** Id of the chosen option; with `allowsCustomValue` it may be any text. */
  value: string | null;
  onChange: (value: string | null) => void;
  /** Told while one types, for a list that comes from elsewhere. */
  onQueryChange?: (query: string) => void;
  allowsCustomValue?: boolean;
  /** The list is on its way. */
  isLoading?: boolean;
  placeholder?: string;
  mono?: boolean;
}

/** One of many: type a part of its name. */
export function ComboBox(props: ComboBoxProps) {
  const { frame, own } = splitField(props);
  const { t } = useTranslation();
  const { allowsCustomValue = false, isLoading = false, mono = false } = own;
  const flat = flatOptions(own.options);
  const label = flat.find((option) => option.id === own.value)?.label ?? own.value ?? "";
  const [draft, setDraft] = useState<{ text: string; value: string | null } | null>(null);
  const query = draft?.value === own.value ? draft.text : label;

  const settle = (value: string | null) => {
    setDraft(null);
    if (value !== own.value) own.onChange(value);
  };
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId, describedBy, isInvalid, unitId }) => (
        <AriaComboBox
          aria-labelledby={labelId}
          {...(describedBy ? { "aria-describedby": describedBy } : {})}
          name={frame.name}
          defaultItems={own.options.map((entry) => keyed(entry))}
          inputValue={query}
          onInputChange={(text) => {
            setDraft({ text, value: own.value });
            own.onQueryChange?.(text);
          }}
          value={flat.some((option) => option.id === own.value) ? own.value : null}
          onChange={(key) => {
            if (key !== null) settle(String(key));
            else if (allowsCustomValue) settle(query === "" ? null : query);
          }}
          onBlur={() => {
            if (!allowsCustomValue) setDraft(null);
            else if (draft) settle(own.value !== null && query === label ? own.value : query || null);
          }}
          allowsCustomValue={allowsCustomValue}
          allowsEmptyCollection={!allowsCustomValue || isLoading}
          isDisabled={frame.isDisabled ?? false}
          isInvalid={isInvalid}
          menuTrigger="focus"
        >
          <Group className={boxLook(isInvalid, frame.isDisabled)}>
            <Input
              placeholder={own.placeholder ?? ""}
              className={`${INPUT_LOOK} ${mono ? MONO : ""}`}
              spellCheck={false}
            />
            <Unit id={unitId}>{frame.unit}</Unit>
            <Button className="-mr-1.5 inline-grid size-6 shrink-0 place-items-center rounded-mark text-muted">
              <Icon of={ChevronDown} />
            </Button>
          </Group>
          <Popover
            offset={4}
            className={`${SURFACE} min-w-(--trigger-width) max-w-[min(480px,calc(100vw-16px))]`}
          >
            <OptionList mono={mono} empty={isLoading ? t("Loading the list") : t("Nothing has this name")} />
          </Popover>
        </AriaComboBox>
      )}
    </FieldFrame>
  );
}
