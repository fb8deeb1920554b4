import { useMemo } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { diffWords } from "./words.ts";

export interface DiffTextProps {
  before: string;
  after: string;
}

const MARK = "rounded-mark whitespace-pre-wrap no-underline";

/** Two texts as one: removed words struck, added words underlined. Both are named for screen readers. */
export function DiffText({ before, after }: DiffTextProps) {
  const { t } = useTranslation();
  const parts = useMemo(() => diffWords(before, after), [before, after]);
  if (before === after) return <p className="m-0 text-muted">{t("Nothing changed")}</p>;
  return (
    <p className="m-0 leading-6 wrap-anywhere whitespace-pre-wrap">
      {parts.map(({ kind, text }, index) => {
        const key = `${index}-${kind}`;
        if (kind === "same") return <span key={key}>{text}</span>;
        if (kind === "removed") {
          return (
            <del key={key} className={`${MARK} bg-danger-wash text-danger line-through`}>
              <span className="sr-only">{t("removed:")} </span>
              {text}
            </del>
          );
        }
        return (
          <ins
            key={key}
            className={`${MARK} bg-positive-wash text-positive shadow-[inset_0_-1.5px_0_var(--positive-mark)]`}
          >
            <span className="sr-only">{t("added:")} </span>
            {text}
          </ins>
        );
      })}
    </p>
  );
}
