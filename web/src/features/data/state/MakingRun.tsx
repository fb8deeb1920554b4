import { tellError } from "../../../data/problem.ts";
import { sendCommand } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { toast } from "../../../ui/Toast/toast.ts";
import { hrefOf } from "../facts/names.ts";
import { RunLine } from "../importing/RunLine.tsx";
import { type Made, useMakingRun, useProgress } from "../importing/useImportRun.ts";

export interface MakingRunProps {
  run: string;
  /** What is made, until it says so itself. */
  name: string;
  /** What was made, in words; by default its version. */
  words?: (made: Made) => string;
  /** Told once, when it is made. */
  onMade?: (made: Made) => void;
  /** Where it leads; by default to the dataset. */
  href?: (made: Made) => string | undefined;
}

/** A run that makes something, followed to its end. */
export function MakingRun({ run, name, words, onMade, href = hrefOf }: MakingRunProps) {
  const { t } = useTranslation();
  const { run: found, made } = useMakingRun(run, onMade);
  const progress = useProgress(run);
  const say = words ?? (({ version }: Made) => t("Version {{version}}", { version }));
  const stop = () =>
    void sendCommand(run, "stop").catch((error: unknown) =>
      toast({ message: tellError(error).what, tone: "danger" }),
    );
  return (
    <RunLine
      name={made ? `${made.name}@${made.version}` : name}
      run={found ?? { id: run, state: "queued", reason: "", error: null }}
      progress={progress}
      onStop={stop}
      href={made ? href(made) : undefined}
      made={made ? say(made) : undefined}
    />
  );
}
