import type { ReactNode } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { KeyValue } from "../../../ui/KeyValue/KeyValue.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { Num } from "../../../ui/Num/Num.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";

export interface TaskResultProps {
  run: string;
  task: string;
  /** What the task produced; null before. */
  result: Record<string, unknown> | null;
  isLive: boolean;
}

const MOST = 14;

/** What a run made, and the way to it. */
export function TaskResult({ run, task, result, isLive }: TaskResultProps) {
  const { t } = useTranslation();
  const made = useMade(run, task, result);
  return (
    <Panel
      title={t("Result")}
      status={result ? "ready" : "empty"}
      empty={
        <EmptyState
          title={t("No result yet")}
          text={isLive ? t("It stands here when the work is done.") : t("The run ended without one.")}
        />
      }
      footer={
        made ? (
          <Link href={made.href} look="inline">
            {made.label}
          </Link>
        ) : undefined
      }
    >
      {typeof result?.text === "string" && <Written text={result.text} />}
      {result && <KeyValue rows={factsOf(result)} name={t("Result")} />}
    </Panel>
  );
}

function Written({ text }: { text: string }) {
  return (
    <div className="mb-3 flex items-start gap-2">
      <p className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">{text}</p>
      <CopyButton text={text} iconOnly />
    </div>
  );
}

function useMade(run: string, task: string, result: Record<string, unknown> | null) {
  const { t } = useTranslation();
  if (!result) return null;
  const name = encodeURIComponent(String(result.name ?? result.dataset ?? ""));
  const model = encodeURIComponent(String(result.model ?? ""));
  const places: Record<string, { href: string; label: string }> = {
    import: { href: `/data/${name}`, label: t("Open the dataset") },
    tokenizer: { href: "/data?tab=tokenizers", label: t("See the tokenizers") },
    evaluate: { href: `/evaluate/${run}`, label: t("Open the evaluation") },
    export: { href: `/export/${run}`, label: t("Open the export, its proof and files") },
    generate: { href: `/generate?model=${model}`, label: t("Write more with this model") },
  };
  return places[task] ?? null;
}

/** Plain values, and those one level below; lists by their size. */
function factsOf(result: Record<string, unknown>): { label: string; value: ReactNode }[] {
  const rows: { label: string; value: ReactNode }[] = [];
  const put = (label: string, value: unknown) => {
    if (typeof value === "number")
      rows.push({ label, value: <Num value={value} as={Number.isInteger(value) ? "count" : "value"} /> });
    else if (typeof value === "string" && value !== "") rows.push({ label, value });
    else if (typeof value === "boolean") rows.push({ label, value: value ? "✓" : "✗" });
    else if (Array.isArray(value)) rows.push({ label, value: formatCount(value.length) });
  };
  for (const [key, value] of Object.entries(result)) {
    if (key === "text" || key === "kind") continue;
    const label = key.replaceAll("_", " ");
    if (typeof value !== "object" || value === null || Array.isArray(value)) put(label, value);
    else if (key !== "ledger" && key !== "files" && key !== "spec") {
      for (const [inner, each] of Object.entries(value))
        put(`${label} · ${inner.replaceAll("_", " ")}`, each);
    } else if (key === "files") put(label, Object.keys(value));
  }
  return rows.slice(0, MOST);
}
