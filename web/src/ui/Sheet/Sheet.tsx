import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { ScrollBody } from "../Dialog/ScrollBody.tsx";

export interface SheetProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** A title that is read, not seen: for navigation. */
  hideTitle?: boolean;
  children: ReactNode;
  /** Buttons at the foot. */
  actions?: ReactNode;
  /** Width above 640 px. */
  size?: "medium" | "wide";
}

const SIDES =
  "max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[85dvh] max-sm:rounded-t-panel max-sm:data-[entering]:translate-y-full max-sm:data-[exiting]:translate-y-full sm:inset-y-0 sm:right-0 sm:border-l sm:border-line sm:data-[entering]:translate-x-full sm:data-[exiting]:translate-x-full";
const WIDTHS = { medium: "sm:w-[420px]", wide: "sm:w-[min(720px,90vw)]" };

/** Detail beside the page: from the right, on phones from below with targets of 44 px. */
export function Sheet(props: SheetProps) {
  const { isOpen, onOpenChange, title, hideTitle = false, children, actions, size = "medium" } = props;
  const { t } = useTranslation();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable
      className="fixed inset-0 z-40 overflow-hidden bg-scrim transition-opacity duration-(--motion-slow) data-[entering]:opacity-0 data-[exiting]:opacity-0"
    >
      <Modal
        className={`fixed flex flex-col bg-raised shadow-dialog transition-transform duration-(--motion-slow) ease-out ${SIDES} ${WIDTHS[size]}`}
      >
        <AriaDialog className="touch flex min-h-0 flex-1 flex-col outline-none">
          <header className="flex min-h-12 items-center gap-3 py-2 pr-3 pl-4">
            <Heading slot="title" className={hideTitle ? "sr-only" : "min-w-0 flex-1 text-md wrap-anywhere"}>
              {title}
            </Heading>
            <Button
              look="ghost"
              icon={X}
              iconOnly
              className="ml-auto max-sm:size-11"
              onPress={() => onOpenChange(false)}
            >
              {t("Close")}
            </Button>
          </header>
          <ScrollBody className="flex-1 px-4 pb-6">{children}</ScrollBody>
          {actions && (
            <footer className="flex flex-wrap gap-2 border-t border-line px-4 py-3 max-sm:[&>button]:h-11 max-sm:[&>button]:flex-1 sm:justify-end">
              {actions}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
