import { Check, CircleAlert, TriangleAlert, X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { Icon } from "../Icon/Icon.tsx";
import { closeToast, type QueuedToast, queuedToasts, subscribeToasts } from "./toast.ts";

const MARKS = {
  success: { icon: Check, className: "text-positive" },
  info: undefined,
  warning: { icon: TriangleAlert, className: "text-warning" },
  danger: { icon: CircleAlert, className: "text-danger" },
};

/** Where messages appear: one in the whole studio, at the foot of the page. Time stands still while one is hovered or focused. */
export function ToastRegion() {
  const { t } = useTranslation();
  const toasts = useSyncExternalStore(subscribeToasts, queuedToasts, queuedToasts);
  const [isHeld, setIsHeld] = useState(false);
  const isEmpty = toasts.length === 0;
  useEffect(() => {
    if (isEmpty) setIsHeld(false);
  }, [isEmpty]);
  return (
    <section
      aria-label={t("Messages")}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      className="pointer-events-none fixed inset-x-0 bottom-0 z-50 flex flex-col items-end gap-2 p-4 max-sm:items-stretch"
    >
      {toasts.map((each) => (
        <Toast key={each.id} toast={each} isHeld={isHeld} />
      ))}
    </section>
  );
}

function useCountdown({ id, seconds }: QueuedToast, isHeld: boolean): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (isHeld || seconds === 0) return;
    const timer = setInterval(() => setLeft((now) => now - 1), 1000);
    return () => clearInterval(timer);
  }, [isHeld, seconds]);
  useEffect(() => {
    if (seconds > 0 && left <= 0) closeToast(id);
  }, [left, seconds, id]);
  return Math.max(left, 0);
}

/** One message. The countdown is for the eye alone: a screen reader hears the message and the action once. */
export function Toast({ toast, isHeld }: { toast: QueuedToast; isHeld: boolean }) {
  const { t } = useTranslation();
  const left = useCountdown(toast, isHeld);
  const { id, message, tone, action } = toast;
  const mark = MARKS[tone];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape on its buttons closes it
    <div
      role={tone === "danger" || tone === "warning" ? "alert" : "status"}
      onKeyDown={(event) => event.key === "Escape" && closeToast(id)}
      className="pointer-events-auto flex min-h-11 max-w-full items-center gap-3 rounded-panel border border-line bg-raised py-2.5 pr-2.5 pl-4 shadow-pop sm:max-w-[480px] sm:min-w-80"
    >
      {mark && <Icon of={mark.icon} className={mark.className} />}
      <span className="min-w-0 flex-1 wrap-anywhere">{message}</span>
      {action && (
        <Button
          size="small"
          className="tabular-nums max-sm:h-9"
          onPress={() => {
            closeToast(id);
            action.onPress();
          }}
        >
          <span>
            {action.label}
            {action.countdown && <span aria-hidden="true">{t(", {{seconds}} s", { seconds: left })}</span>}
          </span>
        </Button>
      )}
      {!action?.countdown && (
        <Button look="ghost" size="small" icon={X} iconOnly onPress={() => closeToast(id)}>
          {t("Close")}
        </Button>
      )}
    </div>
  );
}
