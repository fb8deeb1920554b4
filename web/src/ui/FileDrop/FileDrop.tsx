import { FileUp, FolderUp } from "lucide-react";
import { type ChangeEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { isAccepted, readTransfer } from "./read.ts";

export interface FileDropProps {
  /** What goes in here: "Drop files or folders". */
  label: string;
  /** One line: which formats, how large. */
  help?: ReactNode;
  /** All chosen, dropped or pasted files that `accept` lets through. */
  onFiles: (files: File[]) => void;
  /** Endings, apart by commas: ".jsonl,.csv". */
  accept?: string;
  /** Says what is happening while the zone takes nothing: "Reading 3 files". */
  busy?: ReactNode;
  error?: ReactNode;
  isDisabled?: boolean;
  className?: string;
}

/** Takes files and whole folders: dropped, chosen or pasted. */
export function FileDrop(props: FileDropProps) {
  const { label, help, accept, busy, error, className = "" } = props;
  const { t } = useTranslation();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const [refused, setRefused] = useState(0);
  const isOff = Boolean(props.isDisabled || busy);

  const take = (given: File[]) => {
    const fit = given.filter((file) => isAccepted(file, accept));
    setRefused(given.length - fit.length);
    if (fit.length > 0) props.onFiles(fit);
  };
  const transfer = (data: DataTransfer) => {
    if (!isOff) void readTransfer(data).then(take);
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    take([...(event.target.files ?? [])]);
    event.target.value = "";
  };
  const wrong =
    error ??
    (refused > 0 &&
      t("{{count}} files were left out: only {{accept}} can be read here.", {
        count: refused,
        accept,
        defaultValue_one: "{{count}} file was left out: only {{accept}} can be read here.",
      }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form control; this is a place to drop
    <div
      role="group"
      aria-label={label}
      aria-busy={Boolean(busy)}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(!isOff);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        transfer(event.dataTransfer);
      }}
      onPaste={(event) => event.clipboardData.files.length > 0 && transfer(event.clipboardData)}
      className={`grid justify-items-center gap-3 rounded-panel border border-dashed border-line-strong bg-surface px-4 py-6 text-center transition-colors duration-(--motion-fast) data-over:border-solid data-over:border-accent-line data-over:bg-accent-wash ${className}`}
    >
      <div className="grid gap-1">
        <p className="font-medium">{label}</p>
        {help && <p className="text-caption text-muted">{help}</p>}
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        <Button icon={FileUp} isDisabled={isOff} onPress={() => files.current?.click()}>
          {t("Choose files")}
        </Button>
        <Button look="ghost" icon={FolderUp} isDisabled={isOff} onPress={() => folder.current?.click()}>
          {t("Choose a folder")}
        </Button>
      </div>
      <div aria-live="polite" className="text-caption empty:hidden">
        {busy ? <p className="text-muted">{busy}</p> : wrong && <p className="text-danger">{wrong}</p>}
      </div>
      <input ref={files} type="file" multiple hidden accept={accept} onChange={pick} data-testid="files" />
      <input ref={folder} type="file" hidden onChange={pick} {...{ webkitdirectory: "" }} />
    </div>
  );
}
