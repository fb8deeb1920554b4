import { useTranslation } from "../../../i18n/i18n.ts";
import { ConfirmDialog } from "../../../ui/Dialog/ConfirmDialog.tsx";
import { formatCount } from "../../../ui/format.ts";

export interface StopDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  name: string;
  /** Step at which it is; 0 for runs without steps or not begun. */
  step: number;
  /** Training saves its model; other work leaves nothing half done. */
  isTraining: boolean;
  /** Without saving. */
  isNow?: boolean;
  lastSaved: number | null;
  onStop: () => Promise<unknown>;
}

/** Asks once, and says what is saved. */
export function StopDialog(props: StopDialogProps) {
  const { isOpen, onOpenChange, name, step, isTraining, isNow = false, lastSaved, onStop } = props;
  const { t } = useTranslation();
  const at = formatCount(step);
  const saved =
    lastSaved === null
      ? t("Nothing is saved yet; what was trained is lost.")
      : t("The checkpoint of step {{step}} stays; what was trained after it is lost.", {
          step: formatCount(lastSaved),
        });
  const graceful = t("The step ends, a checkpoint is saved, then the run ends. Fork it later to go on.");
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      question={
        isTraining && step > 0
          ? t("Stop {{name}} at step {{at}}?", { name, at })
          : t("Stop {{name}}?", { name })
      }
      consequence={
        !isTraining
          ? t("Nothing half done is kept. It can be started again.")
          : step === 0
            ? t("It has not begun to train; nothing is lost.")
            : isNow
              ? saved
              : graceful
      }
      confirmLabel={isNow ? t("Stop now") : isTraining && step > 0 ? t("Stop and save") : t("Stop")}
      cancelLabel={isTraining ? t("Keep training") : t("Keep working")}
      danger={isNow}
      onConfirm={onStop}
    />
  );
}
