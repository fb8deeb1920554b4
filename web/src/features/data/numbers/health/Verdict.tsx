import type { DoctorVerdict } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Banner } from "../../../../ui/Banner/Banner.tsx";
import { formatCount } from "../../../../ui/format.ts";

const NAMED = 4;

/** One line: whether one may train on the dataset, and the first reasons against it. */
export function Verdict({ verdict }: { verdict: DoctorVerdict }) {
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
  return (
    <Banner level={level}>
      <b className="font-semibold">{words[verdict.verdict]}</b> {named}
    </Banner>
  );
}
