import { useTranslation } from "../../i18n/i18n.ts";
import { Banner } from "../../ui/Banner/Banner.tsx";
import { Button } from "../../ui/Button/Button.tsx";
import type { Entry } from "../model/entries.ts";
import { type FieldProblem, isAdvice, readFix } from "../model/problems.ts";
import { humanise } from "../model/words.ts";
import { useForm } from "./context.ts";

export interface AcrossProps {
  problems: readonly FieldProblem[];
  entries: readonly Entry[];
  onGo: (name: string) => void;
  /** Takes a setting away that the recipe does not know. */
  onRemove: (name: string) => void;
}

/** What is wrong between several settings, on top of the form, with its fix and the way to the fields. */
export function Across({ problems, entries, onGo, onRemove }: AcrossProps) {
  const { t } = useTranslation();
  const hands = useForm();
  if (problems.length === 0) return null;
  return (
    <div className="grid gap-2 px-4 pb-4">
      {problems.map((problem) => {
        const fix = readFix(problem, hands.names);
        const isUnknown = problem.message.startsWith("there is no such setting");
        return (
          <Banner
            key={`${problem.field} ${problem.message}`}
            level="danger"
            action={
              fix ? (
                <Button size="small" onPress={() => hands.apply(fix)}>
                  {t("Use {{value}}", { value: String(fix.value) })}
                </Button>
              ) : (
                isUnknown && (
                  <Button size="small" onPress={() => onRemove(problem.field)}>
                    {t("Take it away")}
                  </Button>
                )
              )
            }
          >
            {problem.field !== "" && (
              <b className="font-medium">
                {isUnknown ? problem.field : t(humanise(problem.field.split(".").at(-1) ?? ""))}:{" "}
              </b>
            )}
            {isAdvice(problem) ? t("A value is needed.") : `${sentence(problem.message)} ${problem.fix}`}{" "}
            {about(problem, entries).map((entry) => (
              <button
                key={entry.name}
                type="button"
                onClick={() => onGo(entry.name)}
                className="mr-2 inline-block min-h-6 rounded-mark text-accent underline underline-offset-2"
              >
                {t(entry.field.label)}
              </button>
            ))}
          </Banner>
        );
      })}
    </div>
  );
}

/** Settings that the sentence names. */
function about(problem: FieldProblem, entries: readonly Entry[]): Entry[] {
  const words = new Set(`${problem.message} ${problem.fix}`.match(/\w+/g) ?? []);
  return entries
    .filter((each) => each.name.startsWith(problem.field) && words.has(each.field.name))
    .slice(0, 3);
}

/** A message as a sentence of its own: with one full stop. */
const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);
