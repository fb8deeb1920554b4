import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { Estimate } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { DataVerdict } from "./DataVerdict.tsx";
import { Memory } from "./Memory.tsx";
import { Needs } from "./Needs.tsx";

/** A field that must be put right before a start. */
export interface Waiting {
  name: string;
  label: string;
}

export interface BeforeYouStartProps {
  /** What the server thinks it will need; null while it is not known. */
  estimate: Estimate | null;
  /** The server refused to estimate: what happened and what to do. */
  refused?: { what: string; todo: string } | undefined;
  /** Reference of the chosen dataset. */
  dataset?: string;
  /** The numbers are of an older state of the form. */
  isStale?: boolean;
  /** Fields that a start waits for. */
  waits: readonly Waiting[];
  isStarting: boolean;
  onStart: () => void;
  onFocus: (name: string) => void;
  /** Whether a change that saves memory can be made by a click. */
  canApply: (change: string) => boolean;
  onApply: (change: string) => void;
  onRetry?: () => void;
  /** Trying the recipe without training it. */
  trials?: ReactNode;
}

/** What the run will need, and the button that starts it. */
export function BeforeYouStart(props: BeforeYouStartProps) {
  const { estimate, refused, isStale = false, waits, isStarting } = props;
  const { t } = useTranslation();
  return (
    <Panel
      title={t("Before you start")}
      count={estimate ? <Basis estimate={estimate} isOld={isStale && waits.length > 0} /> : undefined}
    >
      {estimate && (
        <div aria-busy={isStale && waits.length === 0}>
          <Memory estimate={estimate} canApply={props.canApply} onApply={props.onApply} />
          <Needs estimate={estimate} />
          {estimate.data && (
            <DataVerdict outlook={estimate.data} dataset={props.dataset ?? ""} onFocus={props.onFocus} />
          )}
        </div>
      )}
      {!estimate && refused && (
        <ErrorState
          what={refused.what}
          todo={refused.todo}
          {...(props.onRetry ? { onRetry: props.onRetry } : {})}
        />
      )}
      {!estimate && !refused && waits.length === 0 && (
        <LoadingState text={t("Estimating memory and time")} height={180} />
      )}
      <Button
        look="primary"
        icon={Play}
        className="mt-4 w-full"
        isDisabled={waits.length > 0}
        isPending={isStarting}
        onPress={props.onStart}
      >
        {isStarting ? t("Starting") : t("Start training")}
      </Button>
      <Waits waits={waits} onFocus={props.onFocus} />
      {props.trials}
    </Panel>
  );
}

function Basis({ estimate, isOld }: { estimate: Estimate; isOld: boolean }) {
  const { t } = useTranslation();
  if (isOld) return <span className="text-caption">{t("of the last values that fit")}</span>;
  if (estimate.measured_runs === 0)
    return <span className="text-caption">{t("rough: no run here yet")}</span>;
  return (
    <span className="text-caption">
      {t("from {{count}} runs here", {
        count: estimate.measured_runs,
        defaultValue_one: "from {{count}} run here",
      })}
    </span>
  );
}

function Waits({ waits, onFocus }: Pick<BeforeYouStartProps, "waits" | "onFocus">) {
  const { t } = useTranslation();
  return (
    <p role="status" className="mt-2 text-caption text-muted empty:hidden">
      {waits.length > 0 && (
        <>
          {t("Start waits for {{count}} values:", {
            count: waits.length,
            defaultValue_one: "Start waits for {{count}} value:",
          })}{" "}
          {waits.map((each) => (
            <button
              key={each.name}
              type="button"
              onClick={() => onFocus(each.name)}
              className="mr-2 inline-block min-h-6 rounded-mark text-accent underline underline-offset-2"
            >
              {each.label}
            </button>
          ))}
        </>
      )}
    </p>
  );
}
