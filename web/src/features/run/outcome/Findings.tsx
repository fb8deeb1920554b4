import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { type Finding, Findings } from "../../../ui/Findings/Findings.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { detailsOf, type RunMark } from "../facts/markers.ts";

export interface RunFindingsProps {
  marks: readonly RunMark[];
  /** `RUN@STEP` of the newest checkpoint of a run that has ended; empty while it runs. */
  finished: string;
  /** The newest drill. */
  drill?: RunNews | undefined;
  /** What a run found that repeats another. */
  reproduction?: RunNews | undefined;
  onOpen: (mark: string) => void;
}

const MOST = 4;
const KINDS = ["skipped", "spike", "gone_back"];

/** What was odd, each with its evidence; and after the end, what to do with the model. Nothing: nothing is drawn. */
export function RunFindings({ marks, finished, drill, reproduction, onOpen }: RunFindingsProps) {
  const { t } = useTranslation();
  const odd = marks.filter((mark) => mark.kind === "anomaly" && mark.event?.message && !mark.isOver);
  const items: Finding[] = newestOfEach(odd)
    .slice(-MOST)
    .reverse()
    .map(({ mark, count, first }) => ({
      id: mark.id,
      level: mark.event?.level === "error" ? "danger" : "warning",
      title: t("Step {{step}}", { step: formatCount(mark.step) }),
      detail:
        count === 1
          ? String(mark.event?.message)
          : `${mark.event?.message} ${t("{{count}} of this kind, the first at step {{first}}.", { count, first: formatCount(first) })}`,
      actions: hasDiverged(mark) ? (
        finished && (
          <Link href={`/recipes/edit?from=${finished.split("@")[0]}`}>{t("Change its recipe")}</Link>
        )
      ) : (
        <Button size="small" onPress={() => onOpen(mark.id)}>
          {t("See rows")}
        </Button>
      ),
    }));
  if (drill) items.push(drillFinding(drill, t));
  if (reproduction) items.push(reproductionFinding(reproduction, t));
  if (finished) {
    const model = encodeURIComponent(finished);
    const isWorse = odd.some(hasDiverged);
    items.push({
      id: "next",
      level: isWorse ? "warning" : "ok",
      title: isWorse ? t("The model is saved") : t("The model is ready"),
      detail: isWorse
        ? t("Training made it worse: measure it before you use it.")
        : t("Write with it, measure it on rows it never saw, or take it elsewhere."),
      actions: (
        <span className="flex flex-wrap gap-3">
          <Link href={`/generate?model=${model}`}>{t("Try it")}</Link>
          <Link href={`/evaluate?model=${model}`}>{t("Evaluate")}</Link>
          <Link href={`/export?model=${model}`}>{t("Export")}</Link>
        </span>
      ),
    });
  }
  if (items.length === 0) return null;
  return (
    <Panel title={t("Findings")} count={odd.length > 0 ? odd.length : undefined} flush>
      <Findings items={items} label={t("Findings")} />
    </Panel>
  );
}

/** Whether a mark says that the loss went up for good, which no rows are to blame for. */
function hasDiverged(mark: RunMark): boolean {
  return detailsOf(mark.event).diverged !== undefined;
}

/** Many marks of one kind, such as skipped steps, are one finding: the newest, with how many there are. */
function newestOfEach(odd: readonly RunMark[]): { mark: RunMark; count: number; first: number }[] {
  const found = new Map<string, { mark: RunMark; count: number; first: number }>();
  for (const mark of odd) {
    const kind = KINDS.find((name) => detailsOf(mark.event)[name] !== undefined) ?? mark.id;
    const before = found.get(kind);
    found.delete(kind);
    found.set(kind, { mark, count: (before?.count ?? 0) + 1, first: before?.first ?? mark.step });
  }
  return [...found.values()];
}

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Whether a run that repeats another came out the same. */
function reproductionFinding(found: RunNews, t: Translate): Finding {
  const unequal = Array.isArray(found.unequal_steps) ? found.unequal_steps : [];
  const facts = {
    count: formatCount(Number(found.steps)),
    wrong: formatCount(unequal.length),
    first: formatCount(Number(unequal[0] ?? Number.NaN)),
    gap: `${formatValue(100 * Number(found.largest_difference), 3)} %`,
  };
  const details: Record<string, string> = {
    identical:
      found.same_weights === true
        ? t("All numbers of {{count}} steps are equal, bit for bit, and so are the weights.", facts)
        : t("All numbers of {{count}} steps are equal, bit for bit.", facts),
    "within tolerance": t(
      "The numbers of {{wrong}} of {{count}} steps differ, the first is {{first}}; the loss by at most {{gap}}.",
      facts,
    ),
  };
  const titles: Record<string, string> = {
    identical: t("Reproduced: identical"),
    "within tolerance": t("Reproduced within tolerance"),
  };
  const verdict = String(found.verdict);
  return {
    id: "reproduction",
    level: verdict === "identical" ? "ok" : verdict === "different" ? "danger" : "warning",
    title: titles[verdict] ?? t("Not reproduced: it came out differently"),
    detail: details[verdict] ?? details["within tolerance"],
    actions: <Link href={`/runs/${String(found.of)}`}>{t("The run that it repeats")}</Link>,
  };
}

/** How the run came back after it was killed on purpose. */
function drillFinding(drill: RunNews, t: Translate): Finding {
  const unequal = Array.isArray(drill.unequal_steps) ? drill.unequal_steps : [];
  const facts = {
    step: formatCount(Number(drill.killed_at_step)),
    from: formatCount(Number(drill.resumed_from)),
    seconds: Number(drill.seconds_away).toFixed(1),
    count: Number(drill.steps_again),
  };
  if (drill.passed && facts.count === 0)
    return {
      id: "drill",
      level: "ok",
      title: t("Back after a kill"),
      detail: t(
        "Killed at step {{step}}, just behind a checkpoint, and past it again after {{seconds}} s. No step was made twice, so there was nothing to compare: drill again for that.",
        facts,
      ),
    };
  return {
    id: "drill",
    level: drill.passed ? "ok" : "danger",
    title: drill.passed ? t("Drill passed") : t("Drill failed"),
    detail: drill.passed
      ? t(
          "Killed at step {{step}}, back from step {{from}}, past it again after {{seconds}} s. {{count}} rows of numbers were made twice and are equal, bit for bit.",
          facts,
        )
      : t(
          "Killed at step {{step}}, back from step {{from}}: the numbers of {{wrong}} steps differ, the first is {{first}}.",
          {
            ...facts,
            wrong: formatCount(unequal.length),
            first: formatCount(Number(unequal[0] ?? Number.NaN)),
          },
        ),
  };
}
