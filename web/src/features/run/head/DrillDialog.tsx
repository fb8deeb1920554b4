import { useTranslation } from "../../../i18n/i18n.ts";
import { ConfirmDialog } from "../../../ui/Dialog/ConfirmDialog.tsx";
import { formatCount } from "../../../ui/format.ts";

export interface DrillDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Step at which the run is. */
  step: number;
  /** Step of the newest checkpoint. */
  lastSaved: number;
  onDrill: () => Promise<unknown>;
}

/** Says what a drill costs before it kills the trainer. */
export function DrillDialog({ isOpen, onOpenChange, step, lastSaved, onDrill }: DrillDialogProps) {
  const { t } = useTranslation();
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      question={t("Kill the trainer and see it come back?")}
      consequence={t(
        "Its process ends at once, as in a power cut. The run goes on from the checkpoint of step {{saved}}; the {{count}} steps since then are made again and each number is compared. Nothing is lost but that time.",
        { saved: formatCount(lastSaved), count: Math.max(0, step - lastSaved) },
      )}
      confirmLabel={t("Kill and recover")}
      cancelLabel={t("Keep training")}
      danger
      onConfirm={onDrill}
    />
  );
}
