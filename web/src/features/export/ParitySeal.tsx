import { CircleX, ShieldCheck } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatCount, formatValue } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { type Check, checksOf, type Proof } from "./proof.ts";

export interface ParitySealProps {
  proof: Proof;
}

/** Whether the written files are the same model: each check with its number and its limit. */
export function ParitySeal({ proof }: ParitySealProps) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t("Parity seal")}
      count={t("opened by plain transformers in a process of its own")}
      flush
      footer={
        <span
          className={`inline-flex items-center gap-1.5 font-medium ${proof.passed ? "text-positive" : "text-danger"}`}
        >
          <Icon of={proof.passed ? ShieldCheck : CircleX} />
          {proof.passed
            ? t("Sealed: it is the same model")
            : t("Broken: {{why}}", { why: proof.problems.join("; ") })}
        </span>
      }
    >
      <ul aria-label={t("Parity seal")}>
        {checksOf(proof).map((check) => (
          <Row key={check.id} check={check} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ check }: { check: Check }) {
  const { t } = useTranslation();
  const names: Record<Check["id"], [name: string, about: string]> = {
    logits: [t("Logits"), t("Largest difference of any token's score, over all probes.")],
    greedy: [t("Greedy text"), t("The most likely text, token by token.")],
    ids: [t("Token ids"), t("What the tokenizer makes of words, numbers, white space and several scripts.")],
    template: [t("Chat template"), t("The rendered prompt, byte by byte.")],
  };
  const [name, about] = names[check.id];
  const isLogits = check.id === "logits";
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-3 border-t border-line px-4 py-2.5 first:border-t-0">
      <Icon
        of={check.passed ? ShieldCheck : CircleX}
        className={`mt-0.5 ${check.passed ? "text-positive" : "text-danger"}`}
      />
      <div className="min-w-0">
        <div className="font-semibold">
          <span className="sr-only">{check.passed ? t("Passed") : t("Failed")}: </span>
          {name}
        </div>
        <p className="text-caption text-muted">{about}</p>
      </div>
      <span className="text-right tabular-nums" title={String(check.found)}>
        {isLogits
          ? formatValue(check.found, 3)
          : t("{{found}} of {{all}} the same", {
              found: formatCount(check.found),
              all: formatCount(check.limit),
            })}
        {isLogits && (
          <span className="block text-caption text-muted">
            {t("at most {{limit}}", { limit: formatValue(check.limit, 3) })}
          </span>
        )}
      </span>
    </li>
  );
}
