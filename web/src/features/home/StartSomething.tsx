import { Flag, Play, Upload } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../data/client.ts";
import { type PlanItem, startPlan } from "../../data/recipes.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { formatDuration } from "../../ui/format.ts";
import { Skeleton } from "../../ui/Skeleton/Skeleton.tsx";
import { toast } from "../../ui/Toast/toast.ts";
import { StartCard } from "./StartCard.tsx";

interface StartSomethingProps {
  /** Null while they are read: their places are kept. */
  plans: readonly PlanItem[] | null;
  /** On an empty workspace the first card is the page's one primary action. */
  isFirst?: boolean;
  onGo: (href: string) => void;
}

/** The plans that come with the product, as high as their cards are on most screens. */
const PLACES = ["first", "second"];
const PLACE_PX = 102;
const ICONS: Record<string, typeof Flag> = { "first-model": Play };

/** Ways to begin, each by one click; everything can be stopped and undone. */
export function StartSomething({ plans, isFirst = false, onGo }: StartSomethingProps) {
  const { t } = useTranslation();
  const [starting, setStarting] = useState("");
  const start = async (plan: PlanItem) => {
    setStarting(plan.name);
    try {
      const started = await startPlan(plan.name);
      onGo(`/runs/${started.watch}`);
    } catch (error) {
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`.trim(), tone: "danger" });
    }
    setStarting("");
  };
  return (
    <section aria-labelledby="start-something">
      <h2 id="start-something" className="mt-2 mb-3 text-md">
        {isFirst ? t("Three ways to begin") : t("Start something")}
        <span className="ml-3 text-sm font-normal text-muted">{t("each can be stopped and undone")}</span>
      </h2>
      <div className="grid grid-cols-3 gap-4 max-lg:gap-3 max-sm:grid-cols-1">
        {plans === null && PLACES.map((place) => <Skeleton key={place} height={PLACE_PX} />)}
        {plans?.map((plan) => (
          <StartCard
            key={plan.name}
            title={t(plan.title)}
            about={t(plan.about)}
            note={`≈ ${formatDuration(plan.seconds)}`}
            icon={ICONS[plan.name] ?? Flag}
            isPrimary={isFirst && plan.name === "first-model"}
            isPending={starting === plan.name}
            {...(plan.missing ? { why: plan.missing } : {})}
            onPress={() => void start(plan)}
          />
        ))}
        <StartCard
          title={t("Teach a model my data")}
          about={t("Drop a file. Its shape is found and checked, then a recipe is suggested.")}
          note={t("your own pace")}
          icon={Upload}
          onPress={() => onGo("/data?import=open")}
        />
      </div>
    </section>
  );
}
