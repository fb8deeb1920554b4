import { useQuery } from "@tanstack/react-query";
import { datasetsQuery, tokenizersQuery } from "../../../data/datasets.ts";
import type { FieldProblem } from "../../../data/recipes.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount } from "../../../ui/format.ts";
import { lacksTokenizer, limitPassed, unknownDataset } from "../pure/clashes.ts";

/** What would fail at the start although each value alone is right. */
export function useClashes(spec: Values): FieldProblem[] {
  const { t } = useTranslation();
  const dataset = unknownDataset(spec, useQuery(datasetsQuery).data?.items);
  const limit = limitPassed(spec);
  const isWordless = lacksTokenizer(spec, useQuery(tokenizersQuery).data?.items);
  const problems: FieldProblem[] = [];
  if (dataset !== undefined) {
    problems.push({
      field: "data.dataset",
      message: t("there is no dataset {{name}}", { name: dataset }),
      fix: t("Choose one, or import data."),
    });
  }
  if (isWordless) {
    problems.push({
      field: "model.tokenizer",
      message: t("there is no tokenizer here yet"),
      fix: t("Train one on the dataset first."),
    });
  }
  if (limit !== undefined) {
    problems.push({
      field: "data.render.max_sequence_length",
      message: t("longer than the model's {{tokens}} tokens", { tokens: formatCount(limit) }),
      fix: t("Leave it empty for the model's own, or set a smaller one."),
    });
  }
  return problems;
}
