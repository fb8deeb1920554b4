import { type ReactNode, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { Dialog } from "./Dialog.tsx";

export interface ConfirmDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** "Stop linen-07 at step 9,415?" */
  question: string;
  /** What is saved, what is lost, what goes on. */
  consequence: ReactNode;
  /** The verb: "Stop and save". */
  confirmLabel: string;
  /** The way out, when "Cancel" could be misread: "Keep training". */
  cancelLabel?: string;
  /** Something is lost for good. */
  danger?: boolean;
  /** A promise keeps the dialog open until it is done; a rejection leaves it open. */
  onConfirm: () => unknown;
}

/** Asks once, and says what is saved and what is lost. Where undo exists, do it and offer undo instead. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onOpenChange, question, consequence, confirmLabel, cancelLabel, danger, onConfirm } = props;
  const { t } = useTranslation();
  const [isBusy, setIsBusy] = useState(false);
  const confirm = async () => {
    try {
      const work = onConfirm();
      if (work instanceof Promise) {
        setIsBusy(true);
        await work;
      }
      onOpenChange(false);
    } catch {
      // The caller says what went wrong, in the consequence or a message; the question stays.
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={question}
      size="small"
      isAlert
      actions={
        <>
          <Button autoFocus onPress={() => onOpenChange(false)}>
            {cancelLabel ?? t("Cancel")}
          </Button>
          <Button look={danger ? "danger" : "primary"} isPending={isBusy} onPress={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="text-text-2">{consequence}</div>
    </Dialog>
  );
}
