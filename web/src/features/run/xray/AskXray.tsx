import { ScanSearch } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Banner } from "../../../ui/Banner/Banner.tsx";
import { Button } from "../../../ui/Button/Button.tsx";
import { formatCount } from "../../../ui/format.ts";
import type { XrayState } from "./xrays.ts";

export interface XrayStandProps {
  step: number;
  state: XrayState;
}

/** Under way, or why not, in the trainer's words. Nothing else is told. */
export function XrayStand({ step, state }: XrayStandProps) {
  const { t } = useTranslation();
  if (state.is === "waiting")
    return (
      <p role="status" className="text-muted">
        {t("Step {{step}} is asked for. The trainer looks at it between two steps.", {
          step: formatCount(step),
        })}
      </p>
    );
  if (state.is === "refused") return <Banner>{t("Refused: {{message}}", { message: state.message })}</Banner>;
  return null;
}

export interface AskXrayProps extends XrayStandProps {
  /** Whether the run answers now. */
  canAsk: boolean;
  onAsk: () => void;
}

/** Asks the trainer where the loss of one step came from. */
export function AskXray({ step, state, canAsk, onAsk }: AskXrayProps) {
  const { t } = useTranslation();
  if (!canAsk && state.is !== "none") return <XrayStand step={step} state={state} />;
  return (
    <section className="grid justify-items-start gap-2">
      <h3 className="font-semibold">{t("X-ray")}</h3>
      {state.is === "none" && (
        <p className="text-muted">
          {canAsk
            ? t("See which rows and tokens the loss came from, and where in the model the gradient is large.")
            : t("An X-ray is made while a run trains: it needs the model as it stands.")}
        </p>
      )}
      <XrayStand step={step} state={state} />
      {canAsk && (
        <Button icon={ScanSearch} isPending={state.is === "waiting"} onPress={onAsk}>
          {state.is === "there" ? t("X-ray again") : t("X-ray this step")}
        </Button>
      )}
    </section>
  );
}
