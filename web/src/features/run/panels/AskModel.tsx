import { Send } from "lucide-react";
import { useMemo, useState } from "react";
import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";

export interface AskModelProps {
  events: readonly RunNews[];
  /** Whether the run answers now. */
  canAsk: boolean;
  isPending: boolean;
  /** Resolves to whether the trainer accepted. */
  onAsk: (prompt: string) => Promise<boolean>;
}

interface Asked {
  key: string;
  step: number;
  prompt: string;
  text: string;
}

const MOST_CHARACTERS = 100_000;
const MOST_SHOWN = 10;

/** A prompt to the model as it stands, between two steps or while the run is paused, and what it wrote to the last ones. */
export function AskModel({ events, canAsk, isPending, onAsk }: AskModelProps) {
  const { t } = useTranslation();
  const answers = useMemo(() => askedOf(events), [events]);
  if (!canAsk && answers.length === 0) return null;
  return (
    <Panel title={t("Ask the model")} count={answers.length > 0 ? answers.length : undefined}>
      {canAsk && <Ask isPending={isPending} onAsk={onAsk} />}
      {answers.length > 0 && (
        <ol aria-label={t("Answers, newest first")} className={canAsk ? "mt-4" : ""}>
          {answers.slice(0, MOST_SHOWN).map((answer) => (
            <li key={answer.key} className="border-t border-line py-2 first:border-t-0">
              <p className="text-caption text-muted">
                {t("step {{step}}", { step: formatCount(answer.step) })}
              </p>
              <p className="wrap-anywhere whitespace-pre-wrap">
                <span className="text-muted">{answer.prompt} </span>
                {answer.text === "" ? <em className="text-muted">{t("nothing")}</em> : answer.text}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Ask({ isPending, onAsk }: Pick<AskModelProps, "isPending" | "onAsk">) {
  const { t } = useTranslation();
  const [prompt, setPrompt] = useState("");
  const isTooLong = prompt.length > MOST_CHARACTERS;
  const canSend = prompt !== "" && !isTooLong && !isPending;
  const ask = async () => {
    if (canSend && (await onAsk(prompt))) setPrompt((now) => (now === prompt ? "" : now));
  };
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <TextArea
        label={t("Prompt")}
        help={t(
          "A text to go on from, or a question. The model answers as it stands; its training is not changed.",
        )}
        value={prompt}
        onChange={setPrompt}
        onSubmit={() => void ask()}
        rows={2}
        maxRows={8}
        {...(isTooLong ? { error: t("At most {{count}} characters.", { count: MOST_CHARACTERS }) } : {})}
      />
      <Button
        type="submit"
        icon={Send}
        className="justify-self-start"
        isPending={isPending}
        isDisabled={!canSend}
      >
        {isPending ? t("Asking…") : t("Ask")}
      </Button>
    </form>
  );
}

/** Prompts of people with their answers, newest first. */
function askedOf(events: readonly RunNews[]): Asked[] {
  return events
    .filter((event) => event.type === "sample" && event.asked === true)
    .flatMap((event) =>
      ((event.samples ?? []) as Partial<Asked>[]).map((sample, index) => ({
        key: `${event.time}-${index}`,
        step: Number(event.step ?? 0),
        prompt: String(sample.prompt ?? ""),
        text: String(sample.text ?? ""),
      })),
    )
    .reverse();
}
