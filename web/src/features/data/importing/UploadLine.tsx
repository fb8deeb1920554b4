import { Pause, Play, X } from "lucide-react";
import { tellError } from "../../../data/problem.ts";
import type { UploadView } from "../../../data/uploads.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatBytes, formatPercent } from "../../../ui/format.ts";

export interface UploadLineProps {
  upload: Pick<UploadView, "name" | "bytes" | "sent" | "state" | "error" | "isResumed">;
  onPause: () => void;
  onResume: () => void;
  /** Give it up: what was sent is deleted on the server. Not given for a file of several. */
  onCancel?: () => void;
}

function useWords(upload: UploadLineProps["upload"]): string {
  const { t } = useTranslation();
  const sent = formatBytes(upload.sent);
  const bytes = formatBytes(upload.bytes);
  const share = upload.bytes > 0 ? formatPercent(Math.floor((upload.sent / upload.bytes) * 100) / 100) : "";
  switch (upload.state) {
    case "done":
      return t("{{bytes}} sent", { bytes });
    case "lost":
      return t("The line is cut at {{sent}}. It goes on by itself.", { sent });
    case "paused":
      return t("Paused at {{sent}} of {{bytes}}", { sent, bytes });
    case "failed":
      return t("Stopped at {{sent}} of {{bytes}}", { sent, bytes });
    default:
      return t("{{sent}} of {{bytes}}, {{share}}", { sent, bytes, share });
  }
}

/** One file on its way: how far, and pause, go on, give up. */
export function UploadLine({ upload, onPause, onResume, onCancel }: UploadLineProps) {
  const { t } = useTranslation();
  const words = useWords(upload);
  const isOpen = upload.state !== "done";
  return (
    <div className="grid gap-1.5">
      <div className="flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <p className="font-medium wrap-anywhere">{upload.name}</p>
          <p role="status" className="text-caption text-muted tabular-nums">
            {words}
            {upload.isResumed && isOpen && `. ${t("It goes on where an earlier try stopped.")}`}
          </p>
        </div>
        {upload.state === "paused" || upload.state === "failed" ? (
          <Button size="small" look="ghost" icon={Play} iconOnly onPress={onResume}>
            {t("Go on with {{name}}", { name: upload.name })}
          </Button>
        ) : (
          isOpen && (
            <Button size="small" look="ghost" icon={Pause} iconOnly onPress={onPause}>
              {t("Pause {{name}}", { name: upload.name })}
            </Button>
          )
        )}
        {onCancel && (
          <Button size="small" look="ghost" icon={X} iconOnly onPress={onCancel}>
            {isOpen
              ? t("Give {{name}} up", { name: upload.name })
              : t("Take {{name}} off the list", { name: upload.name })}
          </Button>
        )}
      </div>
      {isOpen && (
        <Cloth
          thin
          done={upload.sent}
          total={upload.bytes || 1}
          name={t("Sending {{name}}", { name: upload.name })}
        />
      )}
      {upload.state === "failed" && upload.error ? (
        <ErrorState {...tellError(upload.error)} onRetry={onResume} />
      ) : null}
    </div>
  );
}
