import { Plus } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { boxLook, type FieldProps, INPUT_LOOK, splitField } from "../FieldFrame/field.ts";
import { Icon } from "../Icon/Icon.tsx";
import { Tag } from "../Tag/Tag.tsx";
import { addWords } from "./words.ts";

export interface TagFieldProps extends Omit<FieldProps, "unit"> {
  value: readonly string[];
  onChange: (value: string[]) => void;
  placeholder?: string;
  /** Words that are likely; those not in the list yet are offered below. */
  suggestions?: readonly string[];
  /** For ids such as module names. */
  mono?: boolean;
}

/** A list of words. Enter, comma or leaving adds; Backspace in the empty field takes the last away. */
export function TagField(props: TagFieldProps) {
  const { frame, own } = splitField(props);
  const { t } = useTranslation();
  const { value, onChange, mono = false, suggestions = [] } = own;
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const add = (typed: string) => {
    const next = addWords(value, typed);
    setText("");
    if (next.length !== value.length) onChange(next);
  };
  const remove = (word: string) => {
    onChange(value.filter((each) => each !== word));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === "Enter" || event.key === ",") && text.trim() !== "") {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "") {
      const last = value.at(-1);
      if (last !== undefined) remove(last);
    }
  };
  const offered = suggestions.filter((word) => !value.includes(word));
  return (
    <FieldFrame {...frame}>
      {({ id, describedBy, isInvalid }) => (
        <>
          <div className={`${boxLook(isInvalid, frame.isDisabled)} flex-wrap gap-1 py-[3px] pl-[3px]`}>
            {value.map((word) => (
              <Tag
                key={word}
                mono={mono}
                onRemove={() => remove(word)}
                isDisabled={frame.isDisabled ?? false}
              >
                {word}
              </Tag>
            ))}
            <input
              ref={input}
              id={id}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={onKeyDown}
              onBlur={() => add(text)}
              onPaste={(event) => {
                const pasted = event.clipboardData.getData("text");
                if (!/[,\n]/.test(pasted)) return;
                event.preventDefault();
                add(pasted);
              }}
              placeholder={value.length === 0 ? own.placeholder : undefined}
              disabled={frame.isDisabled}
              autoComplete="off"
              spellCheck={false}
              aria-invalid={isInvalid || undefined}
              aria-describedby={describedBy}
              className={`${INPUT_LOOK} min-h-6 min-w-24 pl-1.5 ${mono ? "font-mono" : ""}`}
            />
          </div>
          {offered.length > 0 && !frame.isDisabled && (
            <div className="mt-1 flex flex-wrap gap-1">
              {offered.map((word) => (
                <button
                  key={word}
                  type="button"
                  aria-label={t("Add {{name}}", { name: word })}
                  onClick={() => add(word)}
                  className={`inline-flex h-6 items-center gap-1 rounded-mark px-1.5 text-xs text-text-2 hover:bg-hover ${mono ? "font-mono" : ""}`}
                >
                  <Icon of={Plus} size={12} muted />
                  {word}
                </button>
              ))}
            </div>
          )}
        </>
      )}
    </FieldFrame>
  );
}
