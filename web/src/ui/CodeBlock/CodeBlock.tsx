import { useTranslation } from "../../i18n/i18n.ts";
import { CopyButton } from "../CopyButton/CopyButton.tsx";
import { type CodeKind, type CodeLanguage, tokenize } from "./tokenize.ts";

export interface CodeBlockProps {
  /** The exact text; this is what is copied. */
  code: string;
  language?: CodeLanguage;
  /** Accessible name: "Recipe as YAML". */
  name: string;
  /** Line numbers, from 1, that differ from the preset: marked. */
  changed?: readonly number[];
  /** Without the copy button, where one stands beside it. */
  plain?: boolean;
}

const COLORS: Record<CodeKind, string | undefined> = {
  k: "text-accent",
  c: "text-muted",
  v: "text-positive",
  "": undefined,
};
const MARKED = "bg-accent-wash shadow-[inset_3px_0_0_var(--accent-line)]";

function Line({ text, language, isChanged }: { text: string; language: CodeLanguage; isChanged: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={`block min-w-full px-4 ${isChanged ? MARKED : ""}`}>
      {isChanged && <span className="sr-only">{t("changed:")} </span>}
      {tokenize(text, language).map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line have a fixed order
        <span key={index} className={COLORS[piece.kind]}>
          {piece.text}
        </span>
      ))}
      {"\n"}
    </span>
  );
}

/** Code to read and to copy. Long lines scroll inside it. */
export function CodeBlock({ code, language = "text", name, changed = [], plain = false }: CodeBlockProps) {
  const lines = code.replace(/\n$/, "").split("\n");
  return (
    <div className="relative min-w-0 rounded-control bg-sunken">
      {!plain && (
        <div className="absolute top-1.5 right-1.5 z-1 rounded-control bg-sunken">
          <CopyButton text={code} />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={name} tabIndex={0} className="overflow-x-auto rounded-control">
        <pre className="w-max min-w-full py-3 text-[12px] leading-5">
          <code>
            {lines.map((line, index) => (
              <Line
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have a fixed order
                key={index}
                text={line}
                language={language}
                isChanged={changed.includes(index + 1)}
              />
            ))}
          </code>
        </pre>
      </section>
    </div>
  );
}
