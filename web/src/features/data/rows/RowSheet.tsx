import type { DatasetDetail } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Sheet } from "../../../ui/Sheet/Sheet.tsx";
import { TokenLegend, TokenText } from "../../../ui/TokenText/TokenText.tsx";
import { fieldsOfRow, messagesOf } from "../facts/rowText.ts";
import type { RowAsReadProps } from "../overview/RowAsRead.tsx";
import type { DataRow } from "./columns.tsx";

export interface RowSheetProps {
  /** The row; null closes the sheet. */
  row: DataRow | null;
  dataset: Pick<DatasetDetail, "meta">;
  /** Its tokens, where there is a tokenizer. */
  read: Pick<RowAsReadProps, "rendered" | "error" | "tokenizer">;
  /** Where it stands as the model reads it. */
  href: string;
  onClose: () => void;
}

/** Answers stand right; the worse one of a pair looks like what is not learned. */
function lookOf(role: string): string {
  if (role === "rejected") return "justify-self-end border border-line-strong";
  return /^(assistant|gpt|chosen)/.test(role)
    ? "justify-self-end bg-accent-wash"
    : "justify-self-start bg-sunken";
}

function Chat({ row, mapping }: { row: DataRow; mapping: Record<string, unknown> }) {
  const { t } = useTranslation();
  const messages = messagesOf(row, mapping);
  const words: Record<string, string> = { chosen: t("better answer"), rejected: t("worse answer") };
  if (messages.length === 0) return null;
  return (
    <ol aria-label={t("Conversation")} className="grid gap-2">
      {messages.map(({ role, text }, place) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a message is known by its place
          key={place}
          className={`max-w-[85%] rounded-panel px-3 py-2 ${lookOf(role)}`}
        >
          <span className="block text-caption text-muted">{words[role] ?? role}</span>
          <span className="wrap-anywhere whitespace-pre-wrap">{text}</span>
        </li>
      ))}
    </ol>
  );
}

/** One row in full: as a conversation, its fields, its tokens. */
export function RowSheet({ row, dataset, read, href, onClose }: RowSheetProps) {
  const { t } = useTranslation();
  const mapping = (dataset.meta.mapping ?? {}) as Record<string, unknown>;
  const number = Number(row?._row ?? 0);
  const isCurrent = read.rendered?.row === number;
  return (
    <Sheet
      isOpen={row !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t("Row {{row}}, {{part}}", { row: formatCount(number), part: String(row?._split ?? "") })}
      size="wide"
      actions={
        <>
          <CopyButton
            text={() => JSON.stringify(Object.fromEntries(fieldsOfRow(row ?? {})), null, 1)}
            label={t("Copy as JSON")}
          />
          <Link href={href}>{t("As the model reads it")}</Link>
        </>
      }
    >
      {row && (
        <div className="grid gap-6">
          <Chat row={row} mapping={mapping} />
          <dl className="grid gap-3">
            {fieldsOfRow(row).map(([name, text]) => (
              <div key={name}>
                <dt className="font-mono text-caption text-muted">{name}</dt>
                <dd className="wrap-anywhere whitespace-pre-wrap">{text || "—"}</dd>
              </div>
            ))}
          </dl>
          {read.tokenizer && isCurrent && read.rendered && (
            <section aria-label={t("Tokens")} className="grid gap-2">
              <h3 className="flex flex-wrap justify-between gap-2">
                {t("Tokens")}
                <span className="text-caption font-normal text-muted">
                  {t("{{tokens}} tokens with {{tokenizer}}", {
                    tokens: formatCount(read.rendered.tokens.length),
                    tokenizer: read.tokenizer,
                  })}
                </span>
              </h3>
              <TokenText tokens={read.rendered.tokens} mode="mask" name={t("What of the row is trained")} />
              <p className="text-caption text-muted">
                <TokenLegend mode="mask" />
              </p>
            </section>
          )}
          {read.error ? <ErrorState {...tellError(read.error)} /> : null}
        </div>
      )}
    </Sheet>
  );
}
