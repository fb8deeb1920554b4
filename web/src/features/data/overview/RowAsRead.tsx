import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Rendered } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { TokenLegend, TokenText } from "../../../ui/TokenText/TokenText.tsx";
import { TEMPLATES } from "../facts/templates.ts";

export type Show = "text" | "ids" | "both";

export interface RowAsReadProps {
  /** Number of the row in its source. */
  row: number | null;
  rendered: Rendered | null;
  isLoading?: boolean;
  error?: unknown;
  show: Show;
  onShow: (show: Show) => void;
  /** References to choose from; none: a tokenizer must be trained first. */
  tokenizers: readonly string[];
  tokenizer: string;
  onTokenizer: (reference: string) => void;
  template: string;
  onTemplate: (template: string) => void;
  /** Goes to the row before or after; not given at the ends. */
  onBefore?: (() => void) | undefined;
  onAfter?: (() => void) | undefined;
}

function Stepper({ onBefore, onAfter }: Pick<RowAsReadProps, "onBefore" | "onAfter">) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex gap-1">
      <Button
        size="small"
        look="ghost"
        icon={ChevronLeft}
        iconOnly
        isDisabled={!onBefore}
        why={t("this is the first row")}
        onPress={() => onBefore?.()}
      >
        {t("Row before")}
      </Button>
      <Button
        size="small"
        look="ghost"
        icon={ChevronRight}
        iconOnly
        isDisabled={!onAfter}
        why={t("this is the last row")}
        onPress={() => onAfter?.()}
      >
        {t("Next row")}
      </Button>
    </span>
  );
}

function Columns({ rendered, show }: { rendered: Rendered; show: Show }) {
  const { t } = useTranslation();
  const { tokens, trained } = rendered;
  const characters = tokens.at(-1)?.end ?? 0;
  const head = "mb-1.5 flex flex-wrap justify-between gap-x-3 text-caption text-muted tabular-nums";
  return (
    <div className="grid grid-cols-2 max-sm:grid-cols-1 max-sm:gap-4">
      <div className="min-w-0 border-r border-line pr-4 max-sm:border-r-0 max-sm:pr-0">
        <div className={head}>
          <h3 className="font-normal">{t("Tokens")}</h3>
          <span>
            {t("{{tokens}} tokens, {{each}} characters each", {
              tokens: formatCount(tokens.length),
              each: formatValue(tokens.length > 0 ? characters / tokens.length : 0, 2),
            })}
          </span>
        </div>
        <TokenText tokens={tokens} show={show} name={t("The row in tokens")} />
      </div>
      <div className="min-w-0 pl-4 max-sm:pl-0">
        <div className={head}>
          <h3 className="font-normal">{t("Loss mask")}</h3>
          <span>
            {t("{{trained}} trained, {{read}} read only", {
              trained: formatCount(trained),
              read: formatCount(tokens.length - trained),
            })}
          </span>
        </div>
        <TokenText tokens={tokens} show={show} mode="mask" name={t("What of the row is trained")} />
      </div>
    </div>
  );
}

function Choices(props: RowAsReadProps) {
  const { t } = useTranslation();
  return (
    <div className="mb-4 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
      <Select
        label={t("Tokenizer")}
        mono
        options={props.tokenizers.map((id) => ({ id, label: id }))}
        value={props.tokenizer}
        onChange={props.onTokenizer}
      />
      <Select
        label={t("Template")}
        options={[
          { id: "auto", label: t("The tokenizer's own") },
          ...TEMPLATES.map(({ id, title }) => ({ id, label: id, description: t(title) })),
        ]}
        value={props.template}
        onChange={props.onTemplate}
      />
    </div>
  );
}

/** One row exactly as the model reads it: token by token, and which of them it learns. */
export function RowAsRead(props: RowAsReadProps) {
  const { row, rendered, isLoading = false, error, show, onShow, tokenizers } = props;
  const { t } = useTranslation();
  const hasNone = tokenizers.length === 0;
  const status = hasNone || row === null ? "empty" : isLoading && !rendered ? "loading" : "ready";
  return (
    <Panel
      title={
        row === null
          ? t("A row as the model reads it")
          : t("Row {{row}} as the model reads it", { row: formatCount(row) })
      }
      tools={
        status === "ready" && (
          <>
            <Stepper onBefore={props.onBefore} onAfter={props.onAfter} />
            <Segmented
              label={t("What the tokens show")}
              size="small"
              options={[
                { id: "text", label: t("Text") },
                { id: "ids", label: t("Ids") },
                { id: "both", label: t("Both") },
              ]}
              value={show}
              onChange={onShow}
            />
            {rendered && (
              <CopyButton
                iconOnly
                label={t("Copy the text")}
                text={() => rendered.tokens.map(({ text }) => text).join("")}
              />
            )}
          </>
        )
      }
      status={status}
      loading={<LoadingState text={t("Reading the row")} height={220} />}
      empty={
        hasNone ? (
          <EmptyState
            title={t("No tokenizer yet")}
            text={t("With one, the exact tokens of a row stand here, and which of them are learned.")}
            action={<Link href="/data?tab=tokenizers">{t("Train a tokenizer")}</Link>}
          />
        ) : (
          <EmptyState title={t("No row is chosen")} text={t("Choose one below.")} />
        )
      }
      footer={
        status === "ready" &&
        rendered && (
          <>
            <TokenLegend mode="mask" />
            <span className="ml-auto">{t("template {{name}}", { name: rendered.template })}</span>
          </>
        )
      }
    >
      <Choices {...props} />
      {error ? <ErrorState {...tellError(error)} /> : rendered && <Columns rendered={rendered} show={show} />}
    </Panel>
  );
}
