import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { FileDrop } from "../../../ui/FileDrop/FileDrop.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Sheet } from "../../../ui/Sheet/Sheet.tsx";
import { ImportCard } from "./ImportCard.tsx";
import { addFiles, type ImportItem, startItem, startSource, useQueue } from "./queue.ts";
import { SourceForm } from "./SourceForm.tsx";
import { NAME } from "./settings.ts";
import { useKinds } from "./useKinds.ts";

export interface ImportSheetProps {
  isOpen: boolean;
  onClose: () => void;
  /** `files`, `path`, or the kind of a plugin's source. */
  from: string;
  onFrom: (from: string) => void;
  /** Newest version of each dataset, by name. */
  taken: ReadonlyMap<string, number>;
}

const isWaiting = (item: ImportItem) => !item.run && !item.isWanted && NAME.test(item.settings.dataset);

/** From files, a path or a generator to a dataset. Closing it stops nothing. */
export function ImportSheet({ isOpen, onClose, from, onFrom, taken }: ImportSheetProps) {
  const { t } = useTranslation();
  const queue = useQueue();
  const kinds = useKinds();
  const waiting = queue.filter(isWaiting);
  const source = kinds.sources.find(({ kind }) => kind === from);
  const place = source ? from : from === "path" ? "path" : "files";
  const importAll = () => {
    for (const item of waiting) void startItem(item.key);
  };
  return (
    <Sheet
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      title={t("Import data")}
      size="wide"
      actions={
        waiting.length > 0 && (
          <Button look="primary" onPress={importAll}>
            {t("Import {{count}} files", { count: waiting.length, defaultValue_one: "Import" })}
          </Button>
        )
      }
    >
      <div className="grid gap-6">
        <Segmented
          label={t("Where the data comes from")}
          options={[
            { id: "files", label: t("Files") },
            { id: "path", label: t("Path on the server") },
            ...kinds.sources.map(({ kind, description }) => ({
              id: kind,
              label: description.split(":")[0] ?? kind,
            })),
          ]}
          value={place}
          onChange={(next) => onFrom(next)}
          className="justify-self-start"
        />
        {place === "files" && (
          <FileDrop
            label={t("Drop files or folders")}
            help={t(
              "CSV, JSONL, JSON, Parquet or text, also packed, of any size. A cut upload goes on by itself; after a reload, drop the same file again.",
            )}
            onFiles={addFiles}
          />
        )}
        {place !== "files" && (
          <SourceForm
            key={place}
            source={source}
            mappings={kinds.mappings}
            formats={kinds.formats}
            taken={taken}
            onStart={startSource}
          />
        )}
        {queue.length > 0 && (
          <div className="grid gap-4">
            {queue.map((item) => (
              <ImportCard
                key={item.key}
                item={item}
                kinds={kinds}
                taken={taken}
                isFollowed={item === queue.find(({ run }) => run)}
              />
            ))}
          </div>
        )}
      </div>
    </Sheet>
  );
}
