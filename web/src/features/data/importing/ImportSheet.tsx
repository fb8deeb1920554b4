import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { FileDrop } from "../../../ui/FileDrop/FileDrop.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { Sheet } from "../../../ui/Sheet/Sheet.tsx";
import { useSourceName } from "../facts/sources.ts";
import { ImportCard } from "./ImportCard.tsx";
import { addFiles, type ImportItem, startItem, startSource, useQueue } from "./queue.ts";
import { SourceForm } from "./SourceForm.tsx";
import { NAME } from "./settings.ts";
import { useKinds } from "./useKinds.ts";

export interface ImportSheetProps {
  isOpen: boolean;
  onClose: () => void;
  /** `files`, `path`, or the kind of another source. */
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
  const nameOf = useSourceName();
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
            ...(kinds.sources.length > 0 ? [{ id: "else", label: t("Elsewhere") }] : []),
          ]}
          value={source ? "else" : place}
          onChange={(next) => onFrom(next === "else" ? (kinds.sources[0]?.kind ?? "files") : next)}
          className="justify-self-start"
        />
        {source && (
          <Select
            label={t("Source")}
            options={kinds.sources.map((each) => ({
              id: each.kind,
              label: nameOf(each),
              description: t(each.description.replace(/`/g, "")),
            }))}
            value={source.kind}
            onChange={onFrom}
          />
        )}
        {place === "files" && (
          <FileDrop
            label={t("Drop files or folders")}
            help={t(
              "Tables, JSON, workbooks, Parquet, Arrow, Markdown or text, also packed, of any size. Several files make one dataset. A cut upload goes on by itself; after a reload, drop the same files again.",
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
