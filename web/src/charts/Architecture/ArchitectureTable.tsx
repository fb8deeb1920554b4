import { useTranslation } from "../../i18n/i18n.ts";
import { formatBytes, formatCount } from "../../ui/format.ts";
import { operations } from "./Facts.tsx";
import { amount, flatten, type ModuleNode, nameOf, shapeOf } from "./nodes.ts";

/** Every module in a row, for reading and for screen readers. What repeats stands once. */
export function ArchitectureTable({ root }: { root: ModuleNode }) {
  const { t } = useTranslation();
  const heads = [
    t("Module"),
    t("In"),
    t("Out"),
    t("Parameters"),
    t("Trained"),
    t("Memory"),
    t("Forward pass"),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard
    <section aria-label={t("Modules")} tabIndex={0} className="max-h-[480px] overflow-auto">
      <table className="min-w-full">
        <caption className="sr-only">{t("Modules")}</caption>
        <thead className="sticky top-0 z-10 bg-surface text-caption text-muted">
          <tr>
            {heads.map((head, at) => (
              <th
                key={head}
                scope="col"
                className={`h-8 px-3 font-normal whitespace-nowrap ${at === 0 ? "sticky left-0 bg-surface text-left" : "text-right"}`}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {flatten(root).map(({ node, depth }) => (
            <tr key={`${node.path} ${depth}`} className="h-7 border-t border-line">
              <th
                scope="row"
                className="sticky left-0 bg-surface px-3 text-left font-normal whitespace-nowrap"
                style={{ paddingLeft: 12 + 14 * depth }}
              >
                <code>{nameOf(node)}</code>{" "}
                <span className="text-caption text-muted">
                  {node.kind}
                  {node.times > 1 && ` ×${node.times}`}
                </span>
              </th>
              <td className="px-3 text-right whitespace-nowrap">{shapeOf(node.input_shape)}</td>
              <td className="px-3 text-right whitespace-nowrap">{shapeOf(node.output_shape)}</td>
              <td className="px-3 text-right">{formatCount(node.parameters)}</td>
              <td className="px-3 text-right">{formatCount(node.trained)}</td>
              <td className="px-3 text-right whitespace-nowrap">{formatBytes(amount(node, "memory"))}</td>
              <td className="px-3 text-right whitespace-nowrap">{operations(node.flops)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
