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
  /** In nats, where it was learned. Used by the loss. */
  loss?: number | undefined;
}

export type TokenMode = "colours" | "mask" | "loss";

export interface TokenTextProps {
  tokens: readonly TextToken[];
  /** Colours: six tints in turn. Mask: what is trained and what is read only. Loss: how badly each was told. */
  mode?: TokenMode;
  /** The pieces, their numbers, or both. In the mode `loss` the number is the loss. */
  show?: "text" | "ids" | "both";
  /** Place of the token that is told beside the text, outlined. */
  current?: number | undefined;
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

/** Where a darker wash begins, in nats: a token told with 37 %, 14 %, 2 % and 0.03 %. */
const LOSSES = [1, 2, 4, 8];

interface PieceProps extends TextToken {
  mode: TokenMode;
  show: "text" | "ids" | "both";
  tint: number;
  place: number;
  isCurrent: boolean;
}

const lossWord = (loss: number | undefined) =>
  loss === undefined || Number.isFinite(loss) ? loss?.toFixed(1) : "NaN";

/** Wash and line grow together, so that the loss is seen without its colour. */
function lossLook(loss: number) {
  const level = LOSSES.filter((limit) => loss >= limit).length;
  return {
    className: "rounded-[2px] py-0.5 text-text",
    style: {
      background: level === 0 ? "none" : `var(--heat-${Math.min(level, 3)})`,
      boxShadow: level === 0 ? "none" : `inset 0 -${level}px var(--text-2)`,
    },
  };
}

function lookOf({ mode, special, trained, loss, tint }: PieceProps) {
  if (mode === "loss") {
    if (loss !== undefined) return lossLook(loss);
    return { className: READ_ONLY, style: { background: TICKS } };
  }
  if (mode === "mask") {
    const outline = special ? "mx-0.5 px-1 text-xs outline-1 -outline-offset-1 outline-line-strong" : "";
    if (trained) return { className: `${TRAINED} ${outline}` };
    return { className: `${READ_ONLY} ${outline}`, style: { background: TICKS } };
  }
  if (special) return { className: SPECIAL };
  return { className: "rounded-[2px] py-0.5 text-text", style: { background: `var(--token-${tint + 1})` } };
}

const Piece = memo(function Piece(props: PieceProps) {
  const { id, text, special, show, mode, loss } = props;
  const number = mode === "loss" ? lossWord(loss) : id;
  const look = lookOf(props);
  const breaks = !special && text.includes("\n") ? text.split("\n").length - 1 : 0;
  const visible = breaks > 0 ? text.replaceAll("\n", "↵") : text;
  return (
    <>
      <span
        {...look}
        className={`${look.className} ${props.isCurrent ? "outline-2 outline-focus" : ""}`}
        data-trained={props.trained ?? undefined}
        data-place={mode === "loss" ? props.place : undefined}
        title={`${JSON.stringify(text)}${number === undefined ? "" : ` · ${number}`}`}
      >
        {show === "ids" ? <span className="inline-block px-1">{id}</span> : visible}
        {show === "both" && number !== undefined && (
          <span className="mr-1 ml-0.5 text-xs text-text">{number}</span>
        )}
      </span>
      {show === "ids" && " "}
      {breaks > 0 && show !== "ids" && <br />}
    </>
  );
});

/** A text as the model reads it, token by token. The string is exact: ligatures are off, spaces are kept. */
export function TokenText(props: TokenTextProps) {
  const { tokens, mode = "colours", show = "text", limit = 2000, current, name } = props;
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
              loss={token.loss}
              place={index}
              isCurrent={index === current}
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
export function TokenLegend({ mode }: { mode: TokenMode }) {
  const { t } = useTranslation();
  if (mode === "loss") return <LossLegend />;
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

function LossLegend() {
  const { t } = useTranslation();
  const words = [
    t("loss under {{limit}}", { limit: LOSSES[0] }),
    ...LOSSES.slice(0, -1).map((from, at) => t("{{from}} to {{to}}", { from, to: LOSSES[at + 1] })),
    t("{{limit}} and more", { limit: LOSSES.at(-1) }),
  ];
  return (
    <span className="inline-flex flex-wrap gap-3">
      {words.map((word, level) => (
        <span key={word} {...lossLook(level === 0 ? 0 : (LOSSES[level - 1] ?? 0))}>
          <span className="px-1">{word}</span>
        </span>
      ))}
      <span className={`${READ_ONLY} px-1`} style={{ background: TICKS }}>
        {t("read only")}
      </span>
    </span>
  );
}
