import { ChevronDown } from "lucide-react";
import { Button } from "react-aria-components/Button";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, MONO, splitField } from "../FieldFrame/field.ts";
import { Unit } from "../FieldFrame/parts.tsx";
import { Icon } from "../Icon/Icon.tsx";
import { SURFACE } from "../Popover/surface.ts";
import { flatOptions, type Option, OptionList, type Options } from "./OptionList.tsx";

export type { Option, OptionSection, Options } from "./OptionList.tsx";

export interface SelectProps extends FieldProps {
  /** Options, or sections {title, options}. A disabled option says in `why` what would enable it. */
  options: Options;
  value: string | null;
  onChange: (value: string) => void;
  placeholder?: string;
  /** For ids and exact strings. */
  mono?: boolean;
}

/** One of a few fixed things. From about 12 on, or where one may type, use ComboBox. */
export function Select(props: SelectProps) {
  const { frame, own } = splitField(props);
  const { t } = useTranslation();
  const chosen = flatOptions(own.options).find((option) => option.id === own.value);
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId, describedBy, isInvalid, unitId }) => (
        <AriaSelect
          aria-labelledby={labelId}
          {...(describedBy ? { "aria-describedby": describedBy } : {})}
          name={frame.name}
          value={own.value}
          onChange={(key) => key !== null && own.onChange(String(key))}
          isDisabled={frame.isDisabled ?? false}
          isInvalid={isInvalid}
        >
          <Button
            className={`${boxLook(isInvalid, frame.isDisabled)} text-left data-[focus-visible]:outline-2`}
          >
            <SelectValue className={`min-w-0 flex-1 truncate ${own.mono ? MONO : ""}`}>
              {chosen?.label ?? <span className="text-muted">{own.placeholder ?? t("Choose one")}</span>}
            </SelectValue>
            <Unit id={unitId}>{frame.unit}</Unit>
            <Icon of={ChevronDown} muted />
          </Button>
          <Popover
            offset={4}
            className={`${SURFACE} min-w-(--trigger-width) max-w-[min(480px,calc(100vw-16px))]`}
          >
            <OptionList options={own.options} mono={own.mono ?? false} empty={t("Nothing to choose from")} />
          </Popover>
        </AriaSelect>
      )}
    </FieldFrame>
  );
}

/** The label of a chosen id. */
export function labelOf(options: Options, id: string | null): string | undefined {
  return flatOptions(options).find((option: Option) => option.id === id)?.label;
}
