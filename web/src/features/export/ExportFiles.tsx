import { Download } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { CopyButton } from "../../ui/CopyButton/CopyButton.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";

export interface ExportFilesProps {
  /** Bytes by name. */
  files: Readonly<Record<string, number>>;
  /** Whole path of the folder, to copy. */
  folder: string;
  /** The folder as it is shown. */
  told: string;
  /** Where a file is saved from. */
  hrefOf: (name: string) => string;
  /** Why nothing may be saved. */
  blocked?: string;
}

/** The written files, each to save; the folder to copy. A broken seal blocks both, with its reason. */
export function ExportFiles({ files, folder, told, hrefOf, blocked }: ExportFilesProps) {
  const { t } = useTranslation();
  const names = Object.keys(files);
  const total = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
  return (
    <Panel
      title={t("Files")}
      count={t("{{count}} files, {{bytes}}", { count: names.length, bytes: formatBytes(total) })}
      flush
      footer={
        blocked ? (
          <span className="text-danger">{t("Nothing can be saved: {{why}}", { why: blocked })}</span>
        ) : (
          <>
            <code className="min-w-0 wrap-anywhere">{told}</code>
            <span className="ml-auto">
              <CopyButton text={folder} label={t("Copy path")} />
            </span>
          </>
        )
      }
    >
      <ul aria-label={t("Files")}>
        {names.map((name) => (
          <li
            key={name}
            className="flex min-h-9 items-center gap-3 border-t border-line px-4 first:border-t-0"
          >
            <span className="min-w-0 flex-1 font-mono wrap-anywhere">{name}</span>
            <span className="text-muted tabular-nums">{formatBytes(files[name] ?? 0)}</span>
            {!blocked && (
              <a
                href={hrefOf(name)}
                download
                aria-label={t("Save {{name}}", { name })}
                className="inline-grid size-6 place-items-center rounded-mark text-text-2 hover:bg-hover"
              >
                <Icon of={Download} />
              </a>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
