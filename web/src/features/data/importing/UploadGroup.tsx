import { X } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Cloth } from "../../../ui/Cloth/Cloth.tsx";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { formatBytes, formatCount, formatPercent } from "../../../ui/format.ts";
import { UploadLine, type UploadLineProps } from "./UploadLine.tsx";

export interface UploadGroupProps {
  /** Their folder, or the first of them. */
  name: string;
  lines: readonly Omit<UploadLineProps, "onCancel">[];
  /** Give all of them up. */
  onCancel: () => void;
  /** Make a dataset of each file; not given once it is too late. */
  onTakeApart?: (() => void) | undefined;
}

const MOST_LINES = 200;

/** Several files that become one dataset: how far all of them are, and a line for each. */
export function UploadGroup({ name, lines, onCancel, onTakeApart }: UploadGroupProps) {
  const { t } = useTranslation();
  const bytes = lines.reduce((sum, { upload }) => sum + upload.bytes, 0);
  const sent = lines.reduce((sum, { upload }) => sum + upload.sent, 0);
  const done = lines.filter(({ upload }) => upload.state === "done").length;
  const failed = lines.filter(({ upload }) => upload.state === "failed");
  const isOpen = done < lines.length;
  const words = isOpen
    ? t("{{done}} of {{count}} files, {{sent}} of {{bytes}}, {{share}}", {
        done: formatCount(done),
        count: lines.length,
        sent: formatBytes(sent),
        bytes: formatBytes(bytes),
        share: formatPercent(bytes > 0 ? Math.floor((sent / bytes) * 100) / 100 : 0),
      })
    : t("{{count}} files, {{bytes}} sent", { count: lines.length, bytes: formatBytes(bytes) });
  // Those that need a look come first; a long tail is a number.
  const shown = [...failed, ...lines.filter((line) => !failed.includes(line))].slice(0, MOST_LINES);
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-0 flex-1">
          <p className="font-medium wrap-anywhere">{name}</p>
          <p role="status" className="text-caption text-muted tabular-nums">
            {words}
          </p>
        </div>
        {onTakeApart && (
          <Button size="small" look="ghost" onPress={onTakeApart}>
            {t("A dataset for each file")}
          </Button>
        )}
        <Button size="small" look="ghost" icon={X} iconOnly onPress={onCancel}>
          {isOpen ? t("Give {{name}} up", { name }) : t("Take {{name}} off the list", { name })}
        </Button>
      </div>
      {isOpen && <Cloth thin done={sent} total={bytes || 1} name={t("Sending {{name}}", { name })} />}
      <Disclosure
        title={t("Its files")}
        summary={formatCount(lines.length)}
        level={3}
        errorCount={failed.length}
        {...(failed.length > 0 ? { defaultExpanded: true } : {})}
      >
        <div className="grid gap-3">
          {shown.map((line) => (
            <UploadLine key={line.upload.name} {...line} />
          ))}
          {lines.length > shown.length && (
            <p className="text-caption text-muted">
              {t("and {{more}} more", { more: formatCount(lines.length - shown.length) })}
            </p>
          )}
        </div>
      </Disclosure>
    </div>
  );
}
