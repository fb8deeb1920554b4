import { useQuery } from "@tanstack/react-query";
import { tokenizersQuery } from "../../../data/datasets.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { getAt } from "../../../forms/model/values.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { lacksTokenizer } from "../pure/clashes.ts";
import { isPlaceholder, missingIn } from "../pure/places.ts";

/** What the workspace lacks for this recipe, and how it comes. */
export function MissingBanner({ spec }: { spec: Values }) {
  const { t } = useTranslation();
  const tokenizers = useQuery(tokenizersQuery).data?.items;
  const missing = missingIn(spec);
  const dataset = getAt(spec, ["data", "dataset"]);
  const isWordless =
    typeof dataset === "string" && !isPlaceholder(dataset) && lacksTokenizer(spec, tokenizers);
  const texts = {
    dataset: {
      text: t("No dataset here fits this recipe. Import a file first; the recipe waits as a draft."),
      link: t("Import data"),
      href: "/data?import=open",
    },
    model: {
      text: t(
        "This recipe goes on from a model, and none is here yet. Pretrain a small one first: it takes minutes.",
      ),
      link: t("Pretrain one"),
      href: "/recipes/edit?preset=cpu/minute-pretrain",
    },
    tokenizer: {
      text: t(
        "A new model needs a tokenizer, and none is here yet. Train one on this dataset: it takes seconds.",
      ),
      link: t("Train a tokenizer"),
      href: `/data?tab=tokenizers&learn=${encodeURIComponent(String(dataset))}`,
    },
  };
  return [...missing, ...(isWordless ? (["tokenizer"] as const) : [])].map((each) => (
    <Banner
      key={each}
      action={
        <Link look="inline" href={texts[each].href} className="min-h-6">
          {texts[each].link}
        </Link>
      }
    >
      {texts[each].text}
    </Banner>
  ));
}
