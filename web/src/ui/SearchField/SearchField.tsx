import { Search, X } from "lucide-react";
import type { KeyboardEvent, Ref } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { boxLook, INPUT_LOOK } from "../FieldFrame/field.ts";
import { Icon } from "../Icon/Icon.tsx";
import { Kbd } from "../Kbd/Kbd.tsx";

export interface SearchFieldProps {
  /** What is searched; the accessible name and, without `placeholder`, the placeholder: "Search settings". */
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** Key that focuses it, shown while it is empty. */
  shortcut?: string;
  /** Called on Enter. */
  onSubmit?: () => void;
  /** Keys that the field does not use, e.g. the arrows of a list below. */
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  isDisabled?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  className?: string;
}

/** Narrows what is on the page while one types. Escape clears it. */
export function SearchField(props: SearchFieldProps) {
  const { label, value, onChange, placeholder = label, shortcut, isDisabled = false } = props;
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape" && value !== "") {
      event.stopPropagation();
      onChange("");
    } else if (event.key === "Enter") props.onSubmit?.();
    props.onKeyDown?.(event);
  };
  return (
    <div className={`${boxLook(false, isDisabled)} ${props.className ?? ""}`}>
      <Icon of={Search} muted />
      <input
        ref={props.inputRef}
        type="search"
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        placeholder={placeholder}
        disabled={isDisabled}
        autoComplete="off"
        spellCheck={false}
        className={`${INPUT_LOOK} [&::-webkit-search-cancel-button]:hidden`}
      />
      {value === "" && shortcut && <Kbd keys={shortcut} />}
      {value !== "" && (
        <button
          type="button"
          aria-label={t("Clear search")}
          onClick={() => onChange("")}
          className="-mr-1.5 inline-grid size-6 shrink-0 place-items-center rounded-mark text-muted hover:bg-hover"
        >
          <Icon of={X} />
        </button>
      )}
    </div>
  );
}
