import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, INPUT_LOOK, MONO, splitField } from "../FieldFrame/field.ts";
import { Unit } from "../FieldFrame/parts.tsx";
import { Icon } from "../Icon/Icon.tsx";

export interface TextFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** For ids, paths, templates and other exact strings. */
  mono?: boolean;
  type?: "text" | "password" | "email" | "url";
  isRequired?: boolean;
  isReadOnly?: boolean;
  autoComplete?: string;
  autoFocus?: boolean;
  maxLength?: number;
  /** Called when the field is left. */
  onBlur?: () => void;
  /** Called on Enter. */
  onSubmit?: () => void;
  /** A small thing before the value. */
  before?: ReactNode;
}

/** One line of text. A password can be looked at while one types it. */
export function TextField(props: TextFieldProps) {
  const { frame, own } = splitField(props);
  const { mono = false, type = "text", before, onSubmit } = own;
  const [isShown, setIsShown] = useState(false);
  return (
    <FieldFrame {...frame}>
      {({ id, describedBy, isInvalid, unitId }) => (
        <div className={boxLook(isInvalid, frame.isDisabled)}>
          {before}
          <input
            id={id}
            name={frame.name}
            type={type === "password" && isShown ? "text" : type}
            value={own.value}
            onChange={(event) => own.onChange(event.target.value)}
            onBlur={own.onBlur}
            onKeyDown={(event) => event.key === "Enter" && onSubmit?.()}
            placeholder={own.placeholder}
            disabled={frame.isDisabled}
            required={own.isRequired}
            readOnly={own.isReadOnly}
            autoComplete={own.autoComplete ?? "off"}
            // biome-ignore lint/a11y/noAutofocus: only where a person opened something in order to type
            autoFocus={own.autoFocus}
            maxLength={own.maxLength}
            spellCheck={mono ? false : undefined}
            aria-invalid={isInvalid || undefined}
            aria-describedby={describedBy}
            className={`${INPUT_LOOK} ${mono || type === "password" ? MONO : ""}`}
          />
          <Unit id={unitId}>{frame.unit}</Unit>
          {type === "password" && <Reveal isShown={isShown} onToggle={() => setIsShown(!isShown)} />}
        </div>
      )}
    </FieldFrame>
  );
}

function Reveal({ isShown, onToggle }: { isShown: boolean; onToggle: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-pressed={isShown}
      aria-label={t("Show what is typed")}
      onClick={onToggle}
      className="-mr-1.5 inline-grid size-6 shrink-0 place-items-center rounded-mark text-muted hover:bg-hover"
    >
      <Icon of={isShown ? EyeOff : Eye} />
    </button>
  );
}
