// The log of a run: each event in words.

import { STAGE_WORDS } from "../../../data/live/rehearsal.ts";
import type { RunNews } from "../../../data/live/stream.ts";
import { formatBytes, formatCount, formatDuration, formatValue } from "../../../ui/format.ts";
import type { LogLine } from "../../../ui/LogView/LogView.tsx";

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Oldest first. Samples of the machine are drawn, not written. */
export function linesOf(events: readonly RunNews[], t: Translate): LogLine[] {
  return events.flatMap((event) => {
    const said = wordsOf(event, t);
    if (!said) return [];
    const step =
      typeof event.step === "number" ? `${t("step {{step}}", { step: formatCount(event.step) })} · ` : "";
    return [{ time: event.time, level: said[0], text: `${step}${said[1]}` }];
  });
}

function wordsOf(event: RunNews, t: Translate): [level: string, text: string] | null {
  const word = (name: string) => String(event[name] ?? "");
  switch (event.type) {
    case "state":
      return [
        event.state === "failed" ? "error" : "state",
        [word("state"), word("reason")].filter(Boolean).join(": "),
      ];
    case "command":
      return commandWords(event);
    case "checkpoint":
      return [
        "save",
        t("checkpoint, {{bytes}} ({{why}})", {
          bytes: formatBytes(Number(event.bytes)),
          why: word("reason") || "saved",
        }),
      ];
    case "drill":
      return [event.passed ? "state" : "error", event.passed ? t("drill passed") : t("drill failed")];
    case "reproduction":
      return [
        event.verdict === "different" ? "error" : "state",
        t("repeats the run {{of}}: {{verdict}}", { of: word("of"), verdict: word("verdict") }),
      ];
    case "certificate":
      return certificateWords(event, t);
    case "rewind":
      return ["warn", t("goes back to here; later rows are void")];
    case "note":
      return [word("level") === "warning" ? "warn" : word("level"), word("message")];
    case "log":
      return [word("level"), word("message")];
    case "sample":
      if (event.asked) return ["sample", t("answered a prompt")];
      return ["sample", t("wrote {{count}} samples", { count: ((event.samples as unknown[]) ?? []).length })];
    case "xray":
      return [
        "sample",
        t("X-ray of step {{of}}: loss {{loss}}, worst row {{row}}", {
          of: formatCount(Number(event.of_step)),
          loss: formatValue(Number(event.loss)),
          row: formatCount((event.rows as { row?: number }[] | undefined)?.[0]?.row ?? Number.NaN),
        }),
      ];
    case "profile":
      return [
        "sample",
        t("trace of {{count}} steps, {{bytes}}", {
          count: Number(event.steps),
          bytes: formatBytes(Number(event.bytes)),
          defaultValue_one: "trace of one step, {{bytes}}",
        }),
      ];
    case "rehearsal":
      return event.failed
        ? ["error", t("the rehearsal failed at: {{stage}}", { stage: stageWords(event.failed, t) })]
        : ["state", t("rehearsed in {{time}}", { time: formatDuration(Number(event.seconds)) })];
    case "training":
      return ["train", t("{{total}} steps to go", { total: formatCount(Number(event.total_steps)) })];
    case "ledger":
      return ["ledger", t("counted every token of {{split}}", { split: word("split") })];
    case "progress":
      return ["work", progressWords(event)];
    case "result":
      return ["result", resultWords(event.result)];
    default:
      return null;
  }
}

function stageWords(stage: unknown, t: Translate): string {
  return t(STAGE_WORDS[String(stage)] ?? String(stage));
}

function certificateWords(event: RunNews, t: Translate): [string, string] | null {
  if (event.moment !== "resumed") return null;
  const unequal = Array.isArray(event.unequal) ? event.unequal : [];
  return unequal.length > 0
    ? ["error", t("goes on with other bits: {{what}}", { what: unequal.join(", ") })]
    : [
        "state",
        t(
          "goes on with the very bits it stopped with, by the hashes of weights, optimizer, random numbers and place",
        ),
      ];
}

function commandWords(event: RunNews): [string, string] {
  const values = (event.arguments ?? {}) as Record<string, unknown>;
  const what = event.command === "set" ? `set ${values.key} → ${values.value}` : String(event.command);
  return [event.accepted ? "knob" : "warn", [what, event.message].filter(Boolean).join(": ")];
}

function progressWords(event: RunNews): string {
  const total = typeof event.total === "number" ? ` / ${formatCount(event.total)}` : "";
  return `${event.phase}: ${formatCount(Number(event.done))}${total} ${event.unit ?? ""}`.trim();
}

function resultWords(result: unknown): string {
  return Object.entries((result ?? {}) as Record<string, unknown>)
    .filter(([, value]) => typeof value !== "object" && value !== "")
    .map(([key, value]) => `${key.replaceAll("_", " ")} ${typeof value === "number" ? amount(value) : value}`)
    .join(" · ");
}

/** A whole number is a count, any other was measured. */
function amount(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : formatValue(value);
}
