import type { DoctorVerdict } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Banner } from "../../../../ui/Banner/Banner.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { Link } from "../../../../ui/Link/Link.tsx";

const NAMED = 4;

export interface VerdictProps {
  verdict: DoctorVerdict;
  /** Address of a recipe with the dataset in it: offered where nothing grave speaks against it. */
  trainHref?: string;
}

/** One line: whether one may train on the dataset, the first reasons against it, and the way on. */
export function Verdict({ verdict, trainHref }: VerdictProps) {
  const { t } = useTranslation();
  const words = {
    ready: t("Ready to train: nothing speaks against it."),
    warnings: t("Ready, with warnings."),
    not_ready: t("Not ready to train."),
    unknown: t("Not looked at yet."),
  };
  const named = verdict.reasons
    .slice(0, NAMED)
    .map(({ title, count }) => `${title} (${formatCount(count)})`)
    .join(" · ");
  const level =
    verdict.verdict === "not_ready" ? "danger" : verdict.verdict === "warnings" ? "warning" : "info";
  const isReady = verdict.verdict === "ready" || verdict.verdict === "warnings";
  const action =
    trainHref && isReady ? (
      <Link look="inline" href={trainHref} className="min-h-6">
        {t("Train on this")}
      </Link>
    ) : undefined;
  return (
    <Banner level={level} action={action}>
      <b className="font-semibold">{words[verdict.verdict]}</b> {named}
    </Banner>
  );
}
