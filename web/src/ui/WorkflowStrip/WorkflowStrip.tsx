import { Link } from "react-aria-components/Link";
import { useTranslation } from "../../i18n/i18n.ts";

export type StageState = "done" | "current" | "todo" | "failed";

export interface WorkflowStage {
  label: string;
  /** What it is, or what it waits for. */
  detail: string;
  state: StageState;
  /** Where the stage is worked on. */
  href?: string;
  /** For the current stage: how much is woven, 0 to 1. */
  share?: number;
}

export interface WorkflowStripProps {
  stages: readonly WorkflowStage[];
}

const KNOTS: Record<StageState, string> = {
  done: "bg-accent-line",
  current: "border-[2.5px] border-accent-line bg-bg shadow-[0_0_0_3px_var(--accent-wash)]",
  todo: "border-2 border-line-strong bg-bg",
  failed: "bg-danger-mark",
};

/** The thread from this stage to the next: woven, half woven, or only marked out. */
function threadStyle({ state, share = 0.5 }: WorkflowStage, angle: string) {
  if (state === "done") return { background: "var(--accent-line)" };
  if (state === "current") {
    const woven = `${Math.round(share * 100)}%`;
    return { background: `linear-gradient(${angle}, var(--accent-line) ${woven}, var(--warp) ${woven})` };
  }
  return {
    background: `repeating-linear-gradient(${angle}, var(--line-strong) 0 2px, transparent 2px 5px)`,
    opacity: 0.6,
  };
}

function Stage({ stage, isLast }: { stage: WorkflowStage; isLast: boolean }) {
  const { t } = useTranslation();
  const { label, detail, state, href } = stage;
  const words = { done: t("done"), current: t("under way"), todo: t("to come"), failed: t("failed") };
  const knot = state === "failed" ? "rounded-[1px]" : "rotate-45";
  return (
    <li
      aria-current={state === "current" ? "step" : undefined}
      className="relative min-w-0 pt-5.5 pr-3 max-sm:flex max-sm:justify-between max-sm:gap-3 max-sm:pt-0 max-sm:pr-0 max-sm:pb-3 max-sm:pl-6"
    >
      {!isLast && (
        <>
          <i
            aria-hidden="true"
            className="absolute inset-x-0 top-[7px] h-0.5 max-sm:hidden"
            style={threadStyle(stage, "90deg")}
          />
          <i
            aria-hidden="true"
            className="absolute top-2 -bottom-2 left-1 w-0.5 sm:hidden"
            style={threadStyle(stage, "180deg")}
          />
        </>
      )}
      <i
        aria-hidden="true"
        className={`absolute top-[3px] left-0 size-2.5 max-sm:top-[5px] ${knot} ${KNOTS[state]}`}
      />
      <span className="block leading-5 font-medium">
        {href ? (
          <Link href={href} className="-my-0.5 inline-block min-w-6 py-0.5 text-text">
            {label}
          </Link>
        ) : (
          label
        )}
        <span className="sr-only">, {words[state]}</span>
      </span>
      <span
        className={`block text-caption leading-5 tabular-nums max-sm:text-right ${state === "failed" ? "text-danger" : "text-muted"}`}
      >
        {detail}
      </span>
    </li>
  );
}

/** Where the work stands, from data to export: one thread, a knot for each stage. */
export function WorkflowStrip({ stages }: WorkflowStripProps) {
  const { t } = useTranslation();
  return (
    <ol
      aria-label={t("Where this work stands")}
      className="flex *:flex-1 max-sm:flex-col sm:*:last:flex-none"
    >
      {stages.map((stage, index) => (
        <Stage key={stage.label} stage={stage} isLast={index === stages.length - 1} />
      ))}
    </ol>
  );
}
