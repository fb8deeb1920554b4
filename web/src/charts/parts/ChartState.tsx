import { RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { formatPercent } from "../../ui/format.ts";
import type { ChartStatus } from "../types.ts";

export interface ChartStateProps {
  status: ChartStatus;
  /** The height that the chart will have, so that nothing moves when it comes. */
  height: number;
}

/** Empty, loading or error, in the place and size of the chart. */
export function ChartState({ status, height }: ChartStateProps) {
  return (
    <div className="relative w-full" style={{ height }}>
      {status.state === "loading" && <Loading {...status} />}
      {status.state === "empty" && <Empty {...status} />}
      {status.state === "error" && <Failed {...status} />}
    </div>
  );
}

type Of<State extends ChartStatus["state"]> = Extract<ChartStatus, { state: State }>;

function Loading({ what, progress }: Of<"loading">) {
  const { t } = useTranslation();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timers = [0.2, 2, 10].map((at) => setTimeout(() => setSeconds(at), at * 1000));
    return () => timers.forEach(clearTimeout);
  }, []);
  if (seconds === 0) return null;
  return (
    <div className="grid h-full place-items-center">
      <div className="skeleton absolute inset-0" />
      <p role="status" className="relative rounded-control bg-surface px-2 text-caption text-muted">
        {seconds < 2 ? <span className="sr-only">{t("Loading")}</span> : (what ?? t("Loading the chart"))}
        {seconds >= 10 && progress !== undefined ? `, ${formatPercent(progress)}` : ""}
      </p>
    </div>
  );
}

function Empty({ title, hint, action }: Of<"empty">) {
  return (
    <div className="warp-field grid h-full place-items-center p-4">
      <div className="flex max-w-full flex-col items-center gap-2 rounded-panel bg-surface px-4 py-3 text-center">
        <p className="font-medium">{title}</p>
        {hint && <p className="text-caption text-muted">{hint}</p>}
        {action}
      </div>
    </div>
  );
}

function Failed({ title, reason, onRetry, onCopyReport }: Of<"error">) {
  const { t } = useTranslation();
  return (
    <div
      role="alert"
      className="grid h-full place-items-center rounded-control border border-line bg-sunken p-4"
    >
      <div className="flex max-w-full flex-col items-center gap-2 text-center">
        <p className="font-medium text-danger">{title}</p>
        {reason && <p className="text-caption text-text-2">{reason}</p>}
        <div className="flex flex-wrap justify-center gap-2">
          {onRetry && (
            <Button size="small" icon={RotateCw} onPress={onRetry}>
              {t("Try again")}
            </Button>
          )}
          {onCopyReport && (
            <Button size="small" look="ghost" onPress={onCopyReport}>
              {t("Copy report")}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
