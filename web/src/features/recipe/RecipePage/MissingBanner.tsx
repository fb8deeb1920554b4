import type { Values } from "../../../forms/model/schema.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { missingIn } from "../pure/places.ts";

/** What the workspace lacks for this recipe, and how it comes. */
export function MissingBanner({ spec }: { spec: Values }) {
  const { t } = useTranslation();
  const missing = missingIn(spec);
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
  };
  return missing.map((each) => (
    <Banner
      key={each}
      action={
        <Link look="inline" href={texts[each].href}>
          {texts[each].link}
        </Link>
      }
    >
      {texts[each].text}
    </Banner>
  ));
}
