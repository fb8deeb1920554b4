import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import type { FieldProps } from "./field.ts";

/** The diamond "was 8" right of a label; a click brings that value back. */
export function ChangeMark({ label, was, onReset }: { label: string; was: string; onReset: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      onClick={onReset}
      aria-label={t("{{label}} was {{was}}, reset", { label, was })}
      title={t("Reset to {{was}}", { was })}
      className="-my-0.5 ml-auto inline-flex h-6 max-w-1/2 min-w-6 items-center gap-1.5 rounded-mark pl-1 text-xs text-accent hover:underline hover:underline-offset-2"
    >
      <span aria-hidden="true" className="size-1.5 shrink-0 rotate-45 bg-accent-line" />
      <span className="truncate">{t("was {{was}}", { was })}</span>
    </button>
  );
}

export interface FieldMessageProps extends Pick<FieldProps, "fix"> {
  id: string;
  line: ReactNode;
  error: ReactNode;
}

/** One line: help, or the error with its fix. The error is announced when it comes. */
export function FieldMessage({ id, line, error, fix }: FieldMessageProps) {
  return (
    <>
      {line && !error && (
        <p id={`${id}-help`} className="mt-1 text-caption text-muted">
          {line}
        </p>
      )}
      <div aria-live="polite">
        {error && (
          <p className="mt-1 text-caption text-danger">
            <span id={`${id}-error`}>{error}</span>
            {fix && (
              <>
                {" "}
                <button
                  type="button"
                  onClick={fix.onApply}
                  className="inline-block min-h-6 rounded-mark py-0.5 text-accent underline underline-offset-2 hover:decoration-2"
                >
                  {fix.label}
                </button>
              </>
            )}
          </p>
        )}
      </div>
    </>
  );
}

/** The unit inside the box, after the value. */
export function Unit({ id, children }: { id: string; children: string | undefined }) {
  if (!children) return null;
  return (
    <span id={id} className="shrink-0 text-caption whitespace-nowrap text-muted">
      {children}
    </span>
  );
}
