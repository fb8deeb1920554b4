import { type KeyboardEvent, type MouseEvent, useId, useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount, formatPercent, formatValue } from "../../../ui/format.ts";
import { TokenText } from "../../../ui/TokenText/TokenText.tsx";
import { worstOf, type XrayToken } from "./xrays.ts";

export interface LossTextProps {
  row: number;
  tokens: readonly XrayToken[];
  /** Writes the loss behind each token. */
  numbers: boolean;
}

const MOVES: Record<string, (at: number, last: number) => number> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** The tokens of a row by their loss. One is told in numbers: the worst, or what arrows or a click choose. */
export function LossText({ row, tokens, numbers }: LossTextProps) {
  const { t } = useTranslation();
  const [at, setAt] = useState(() => worstOf(tokens));
  const told = useId();
  const last = tokens.length - 1;
  const token = tokens[at];
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(last, move(at, last))));
  };
  const onClick = (event: MouseEvent) => {
    const place = (event.target as Element).closest("[data-place]")?.getAttribute("data-place");
    if (place) setAt(Number(place));
  };
  return (
    <div className="grid gap-1">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls; this is a text whose tokens are gone through */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from token to token
        tabIndex={0}
        aria-label={t("Row {{row}}: arrow keys go from token to token", { row: formatCount(row) })}
        aria-describedby={told}
        onKeyDown={onKeyDown}
        onClick={onClick}
        className="rounded-control"
      >
        <TokenText
          tokens={tokens.map((each, id) => ({ id, ...each }))}
          mode="loss"
          show={numbers ? "both" : "text"}
          current={at}
          name={t("Tokens of row {{row}}", { row: formatCount(row) })}
        />
      </div>
      <p id={told} role="status" className="text-caption wrap-anywhere text-muted tabular-nums">
        <span className="font-mono text-text">{JSON.stringify(token?.text ?? "")}</span>{" "}
        {token?.loss === undefined && t("was read only")}
        {token?.loss === Number.POSITIVE_INFINITY && t("its loss is no number")}
        {token?.loss !== undefined &&
          Number.isFinite(token.loss) &&
          t("loss {{loss}}, told with a probability of {{probability}}", {
            loss: formatValue(token.loss, 3),
            probability: token.loss > 6.9 ? t("less than 0.1 %") : formatPercent(Math.exp(-token.loss), 1),
          })}
      </p>
    </div>
  );
}
