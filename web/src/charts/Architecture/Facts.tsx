import { useTranslation } from "../../i18n/i18n.ts";
import { formatBytes, formatCount, formatPercent, formatShort } from "../../ui/format.ts";
import type { ArchitectureData } from "./nodes.ts";

/** The shape in one line, and the sums below it. */
export function Facts({ architecture }: { architecture: ArchitectureData }) {
  const { t } = useTranslation();
  const { facts, root, batch, sequence } = architecture;
  const words = [
    facts.family,
    facts.layers && t("{{count}} layers", { count: facts.layers, defaultValue_one: "{{count}} layer" }),
    facts.hidden_size && t("width {{width}}", { width: formatCount(facts.hidden_size) }),
    facts.heads && headWords(facts.heads, facts.kv_heads ?? facts.heads, t),
    facts.feed_forward && t("feed-forward {{width}}", { width: formatCount(facts.feed_forward) }),
    facts.vocabulary && t("{{size}} tokens known", { size: formatCount(facts.vocabulary) }),
    facts.max_sequence_length && t("reads {{count}} at once", { count: facts.max_sequence_length }),
  ].filter(Boolean);
  const sums = [
    [t("Parameters"), formatShort(root.parameters), formatCount(root.parameters)],
    [
      t("Trained"),
      root.trained === root.parameters
        ? t("all")
        : `${formatShort(root.trained)} (${formatPercent(root.trained / Math.max(root.parameters, 1), 1)})`,
      formatCount(root.trained),
    ],
    [t("Weights"), formatBytes(root.weight_bytes), formatCount(root.weight_bytes)],
    [t("Forward pass"), operations(root.flops), formatCount(root.flops)],
    [
      t("Step of training"),
      operations(root.flops * architecture.training_passes),
      formatCount(root.flops * architecture.training_passes),
    ],
  ] as const;
  return (
    <div>
      <p className="text-text-2">{words.join(" · ")}</p>
      <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-2">
        {sums.map(([label, value, exact]) => (
          <div key={label}>
            <dt className="text-caption text-muted">{label}</dt>
            <dd className="font-medium tabular-nums" title={exact}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 text-caption text-muted">
        {t("Shapes, memory and arithmetic are those of {{batch}} × {{sequence}} tokens.", {
          batch,
          sequence,
        })}
      </p>
    </div>
  );
}

function headWords(
  heads: number,
  keys: number,
  t: (key: string, values?: Record<string, unknown>) => string,
): string {
  return keys === heads
    ? t("{{heads}} heads", { heads })
    : t("{{heads}} heads over {{keys}} keys and values", { heads, keys });
}

/** Operations with the unit that people say: 1.3 TFLOP. */
export function operations(flops: number): string {
  if (flops <= 0) return "–";
  const units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"];
  const step = Math.min(Math.floor(Math.log10(flops) / 3), units.length - 1);
  return `${(flops / 10 ** (3 * step)).toPrecision(3)} ${units[step]}`;
}
