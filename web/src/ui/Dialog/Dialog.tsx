import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { ScrollBody } from "./ScrollBody.tsx";

export interface DialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What this is about; the dialog's name. */
  title: string;
  children: ReactNode;
  /** Buttons at the foot, the one that does it last. They close by themselves through `onOpenChange(false)`. */
  actions?: ReactNode;
  /** An alert must be answered: no cross, and a press outside does nothing. Escape still closes. */
  isAlert?: boolean;
  /** 560 px at most; small is 420. */
  size?: "medium" | "small";
}

export const SCRIM =
  "fixed inset-0 z-40 bg-scrim transition-opacity duration-(--motion-slow) data-[entering]:opacity-0 data-[exiting]:opacity-0";

const WIDTHS = { medium: "max-w-[560px]", small: "max-w-[420px]" };

/** Interrupts for one decision. Escape closes it and focus goes back to where it came from. */
export function Dialog(props: DialogProps) {
  const { isOpen, onOpenChange, title, children, actions, isAlert = false, size = "medium" } = props;
  const { t } = useTranslation();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={!isAlert}
      className={`${SCRIM} grid grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] place-items-center p-4`}
    >
      <Modal
        className={`flex max-h-full w-full flex-col rounded-panel border border-line bg-raised shadow-dialog ${WIDTHS[size]}`}
      >
        <AriaDialog role={isAlert ? "alertdialog" : "dialog"} className="flex min-h-0 flex-col outline-none">
          <header className="flex items-start gap-3 pt-4 pr-4 pb-2 pl-6">
            <Heading slot="title" className="min-w-0 flex-1 text-md wrap-anywhere">
              {title}
            </Heading>
            {!isAlert && (
              <Button look="ghost" size="small" icon={X} iconOnly onPress={() => onOpenChange(false)}>
                {t("Close")}
              </Button>
            )}
          </header>
          <ScrollBody className="touch px-6 pb-6">{children}</ScrollBody>
          {actions && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-3 max-sm:flex-col-reverse max-sm:px-4 max-sm:[&>button]:h-11">
              {actions}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
