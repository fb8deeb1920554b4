import { memo, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { formatCount } from "../format.ts";

export interface TextToken {
  /** Number in the vocabulary. */
  id: number;
  /** The exact piece of text, with its space. */
  text: string;
  /** A marker such as `<|end|>`, outlined. */
  special?: boolean;
  /** Whether the loss is computed on it. Used by the mask. */
  trained?: boolean;
}

export interface TokenTextProps {
  tokens: readonly TextToken[];
  /** Colours: six tints in turn. Mask: what is trained and what is read only. */
  mode?: "colours" | "mask";
  /** The pieces, their numbers, or both. */
  show?: "text" | "ids" | "both";
  /** More tokens than this are cut, with a button that shows all. */
  limit?: number;
  /** Accessible name. */
  name: string;
}

const TINTS = 6;
const SPECIAL =
  "mx-0.5 rounded-[2px] px-1 py-0.5 text-xs text-muted shadow-[inset_0_0_0_1px_var(--line-strong)]";
const TRAINED = "bg-accent-wash py-0.5 shadow-[inset_0_-3px_0_var(--accent-line)]";
const READ_ONLY = "py-0.5 text-muted";
const TICKS =
  "repeating-linear-gradient(90deg, var(--line-strong) 0 1px, transparent 1px 5px) 0 100% / 100% 4px no-repeat";

interface PieceProps extends TextToken {
  mode: "colours" | "mask";
  show: "text" | "ids" | "both";
  tint: number;
}

function lookOf({ mode, special, trained, tint }: PieceProps) {
  if (mode === "mask") {
    const outline = special ? "mx-0.5 px-1 text-xs outline-1 -outline-offset-1 outline-line-strong" : "";
    if (trained) return { className: `${TRAINED} ${outline}` };
    return { className: `${READ_ONLY} ${outline}`, style: { background: TICKS } };
  }
  if (special) return { className: SPECIAL };
  return { className: "rounded-[2px] py-0.5 text-text", style: { background: `var(--token-${tint + 1})` } };
}

const Piece = memo(function Piece(props: PieceProps) {
  const { id, text, special, show } = props;
  const breaks = !special && text.includes("\n") ? text.split("\n").length - 1 : 0;
  const visible = breaks > 0 ? text.replaceAll("\n", "↵") : text;
  return (
    <>
      <span
        {...lookOf(props)}
        data-trained={props.trained ?? undefined}
        title={`${JSON.stringify(text)} · ${id}`}
      >
        {show === "ids" ? <span className="inline-block px-1">{id}</span> : visible}
        {show === "both" && <span className="mr-1 ml-0.5 text-xs text-text-2">{id}</span>}
      </span>
      {show === "ids" && " "}
      {breaks > 0 && show !== "ids" && <br />}
    </>
  );
});

/** A text as the model reads it, token by token. The string is exact: ligatures are off, spaces are kept. */
export function TokenText({ tokens, mode = "colours", show = "text", limit = 2000, name }: TokenTextProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? tokens : tokens.slice(0, limit);
  let tint = -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls; this groups text
    <div role="group" aria-label={name}>
      <div className="font-mono text-[13px] leading-[26px] wrap-anywhere whitespace-pre-wrap">
        {shown.map((token, index) => {
          if (!token.special) tint = (tint + 1) % TINTS;
          const { special = false, trained = false } = token;
          return (
            <Piece
              // biome-ignore lint/suspicious/noArrayIndexKey: a token is known by its place
              key={index}
              id={token.id}
              text={token.text}
              special={special}
              trained={trained}
              mode={mode}
              show={show}
              tint={Math.max(0, tint)}
            />
          );
        })}
      </div>
      {shown.length < tokens.length && (
        <div className="mt-2 flex items-center gap-3 text-muted">
          {t("{{shown}} of {{total}} tokens", {
            shown: formatCount(shown.length),
            total: formatCount(tokens.length),
          })}
          <Button size="small" onPress={() => setAll(true)}>
            {t("Show all")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What wash, line, ticks and outline mean; for the footer of a panel. */
export function TokenLegend({ mode }: { mode: "colours" | "mask" }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex flex-wrap gap-3">
      {mode === "mask" && (
        <>
          <span className={`${TRAINED} px-1 text-text`}>{t("trained")}</span>
          <span className={`${READ_ONLY} px-1`} style={{ background: TICKS }}>
            {t("read only")}
          </span>
        </>
      )}
      <span>
        <span className={`${SPECIAL} font-mono`}>{"<|end|>"}</span> {t("marker")}
      </span>
    </span>
  );
}
