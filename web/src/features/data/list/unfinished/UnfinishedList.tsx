import { FileUp, Import, Trash2 } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import type { UploadItem } from "../../../../data/uploads.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { Cloth } from "../../../../ui/Cloth/Cloth.tsx";
import { formatBytes } from "../../../../ui/format.ts";
import { Time } from "../../../../ui/Time/Time.tsx";

export interface UnfinishedListProps {
  items: readonly UploadItem[];
  onContinue: (file: File, id: string) => void;
  onImport: (upload: UploadItem) => void;
  onDiscard: (id: string) => void;
  /** Id of the upload that is being deleted. */
  busy?: string;
}

const lastPart = (name: string) => name.split("/").at(-1) ?? name;

/** Whether a file can be the one whose first part was sent. */
export const fitsUpload = (file: Pick<File, "name" | "size">, { name, length }: UploadItem) =>
  file.size === length && file.name === lastPart(name);

type ItemProps = Omit<UnfinishedListProps, "items"> & { item: UploadItem; name: string };

/** The button that asks for the same file again, and what is said of another one. */
function useSameFile({ item, name, onContinue }: ItemProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) return;
    if (fitsUpload(file, item)) onContinue(file, item.id);
    else setWrong(t("{{file}} has {{bytes}}.", { file: file.name, bytes: formatBytes(file.size) }));
  };
  const button = (
    <>
      <Button size="small" icon={FileUp} onPress={() => field.current?.click()}>
        {t("Continue")}
        <span className="sr-only">{` ${name}`}</span>
      </Button>
      <input ref={field} type="file" hidden onChange={pick} data-testid={`continue-${item.id}`} />
    </>
  );
  return { button, wrong };
}

function Unfinished(props: ItemProps) {
  const { item, name, onImport, onDiscard, busy } = props;
  const { t } = useTranslation();
  const { button, wrong } = useSameFile(props);
  const isWhole = item.sha256 !== "";
  const sizes = { sent: formatBytes(item.offset), bytes: formatBytes(item.length) };
  return (
    <li className="grid gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-48 flex-1">
          <p className="font-medium wrap-anywhere">{name}</p>
          <p className="text-caption text-muted tabular-nums">
            {isWhole
              ? t("All {{bytes}} are here and not imported yet, begun", sizes)
              : t("{{sent}} of {{bytes}} are here, begun", sizes)}{" "}
            <Time at={item.created} />
          </p>
        </div>
        {isWhole ? (
          <Button size="small" icon={Import} onPress={() => onImport(item)}>
            {t("Import")}
            <span className="sr-only">{` ${name}`}</span>
          </Button>
        ) : (
          button
        )}
        <Button
          size="small"
          look="ghost"
          icon={Trash2}
          isDisabled={busy === item.id}
          onPress={() => onDiscard(item.id)}
        >
          {t("Discard")}
          <span className="sr-only">{` ${name}`}</span>
        </Button>
      </div>
      {!isWhole && (
        <Cloth
          thin
          done={item.offset}
          total={item.length || 1}
          name={t("What is here of {{name}}", { name })}
        />
      )}
      {wrong && (
        <p role="alert" className="text-caption text-danger">
          {wrong}{" "}
          {t("It is not the file that was begun: {{name}}, {{bytes}}.", {
            name: lastPart(name),
            bytes: formatBytes(item.length),
          })}
        </p>
      )}
    </li>
  );
}

/** What waits: for its rest, by the same file again; for its import; or away with it. */
export function UnfinishedList({ items, ...acts }: UnfinishedListProps) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-3">
      {items.some(({ sha256 }) => sha256 === "") && (
        <p className="text-caption text-muted">
          {t("Choose the same file again, or drop it on this page: only what is missing is sent.")}
        </p>
      )}
      <ul className="grid gap-4">
        {items.map((item) => (
          <Unfinished key={item.id} item={item} name={item.name || t("a file without a name")} {...acts} />
        ))}
      </ul>
    </div>
  );
}
