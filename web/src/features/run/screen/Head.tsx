import { useState } from "react";
import { TRAINING_TASKS } from "../../../data/live/workspace.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { methodOf } from "../facts/method.ts";
import { DrillDialog } from "../head/DrillDialog.tsx";
import { RunHeader } from "../head/RunHeader.tsx";
import { StopDialog } from "../head/StopDialog.tsx";
import { useDrill } from "../head/useDrill.ts";
import { useReproduction } from "../head/useReproduction.ts";
import { canStop, forkHref, useRunActions } from "../head/useRunActions.ts";
import type { ScreenProps } from "./types.ts";

/** Header, keys, and the one question before a stop. */
export function Head({ data, commands, tidy, onGo }: ScreenProps) {
  const { run, view, spec, others, checkpoints } = data;
  const [stop, setStop] = useState<"" | "ask" | "now">("");
  const drill = useDrill(run.id);
  const onReproduce = useReproduction(run.id, onGo);
  const lastSaved = checkpoints.at(-1)?.step ?? null;
  const isTraining = TRAINING_TASKS.has(run.task);
  const fork = () => onGo(forkHref(run, lastSaved));
  usePageActions(
    useRunActions(run, lastSaved, {
      commands,
      onStop: () => canStop(run) && setStop("ask"),
      onStar: () => void tidy.annotate({ starred: !run.starred }),
      onGo,
    }),
  );
  return (
    <>
      <RunHeader
        run={run}
        spec={spec}
        others={others}
        method={isTraining ? methodOf(view.events, spec) : null}
        pending={commands.pending}
        model={lastSaved === null ? "" : `${run.id}@${lastSaved}`}
        onSend={(command, values) => void commands.send(command, values)}
        onFork={fork}
        onStop={(isNow) => setStop(isNow ? "now" : "ask")}
        onDrill={drill.ask}
        onReproduce={onReproduce}
        onRename={(name) => tidy.annotate({ name })}
        onAnnotate={(change) => void tidy.annotate(change)}
        onDelete={tidy.remove}
      />
      <DrillDialog {...drill} step={run.step ?? 0} lastSaved={lastSaved ?? 0} />
      <StopDialog
        isOpen={stop !== ""}
        onOpenChange={(isOpen) => !isOpen && setStop("")}
        name={run.name}
        step={run.step ?? 0}
        isTraining={isTraining}
        isNow={stop === "now"}
        lastSaved={lastSaved}
        onStop={async () => {
          setStop("");
          await commands.send(stop === "now" ? "stop_now" : "stop");
        }}
      />
    </>
  );
}
