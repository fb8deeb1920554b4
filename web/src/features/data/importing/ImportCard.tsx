import { ApiError } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { dropUpload, pauseUpload, resumeUpload, useUploads } from "../../../data/uploads.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { hrefOf } from "../facts/names.ts";
import { changeItem, dropItem, type ImportItem, sendAgain, startItem } from "./queue.ts";
import { RunLine } from "./RunLine.tsx";
import { SettingsForm } from "./SettingsForm.tsx";
import { UploadLine, type UploadLineProps } from "./UploadLine.tsx";
import { type Progress, useMakingRun, useProgress } from "./useImportRun.ts";
import type { ImportKinds } from "./useKinds.ts";

export interface ImportCardProps {
  item: ImportItem;
  kinds: ImportKinds;
  taken: ReadonlyMap<string, number>;
  /** Shows its run's progress live. */
  isFollowed: boolean;
}

const errorsOf = (error: unknown): Record<string, string | undefined> =>
  error instanceof ApiError
    ? Object.fromEntries(
        (error.problem.errors ?? []).map((each) => [each.field, `${each.message}. ${each.fix}`]),
      )
    : {};

function useUploadOf(item: ImportItem) {
  return useUploads().findLast((each) => each.name === item.path && each.bytes === item.bytes);
}

/** How a file is shown that an earlier visit sent. */
const sentEarlier = ({ path, bytes }: ImportItem): UploadLineProps["upload"] => ({
  name: path,
  bytes,
  sent: bytes,
  state: "done",
  error: null,
  isResumed: false,
});

/** The page has one stream: it follows the first import that runs. */
function Followed({ item }: { item: ImportItem }) {
  return <Running item={item} progress={useProgress(item.run)} />;
}

function Running({ item, progress }: { item: ImportItem; progress: Progress | null }) {
  const { t } = useTranslation();
  const { run, made } = useMakingRun(item.run);
  const again = () => changeItem(item.key, { run: "", isWanted: false, error: null });
  return (
    <RunLine
      name={item.settings.dataset}
      run={run ?? { id: item.run, state: "queued", reason: "", error: null }}
      progress={progress}
      href={made ? hrefOf(made) : undefined}
      made={
        made
          ? t("Version {{version}}: {{rows}} rows, {{bad}} set aside", {
              version: made.version,
              rows: formatCount(made.rows),
              bad: formatCount(made.bad),
            })
          : undefined
      }
      fix={
        <Button size="small" onPress={again}>
          {t("Change its settings")}
        </Button>
      }
    />
  );
}

/** One file from the drop to the dataset: sent, named, imported. */
export function ImportCard({ item, kinds, taken, isFollowed }: ImportCardProps) {
  const { t } = useTranslation();
  const upload = useUploadOf(item);
  const cancel = () => {
    dropItem(item.key);
    if (upload) void dropUpload(upload.key).catch(() => undefined);
  };
  const goOn = () => {
    if (upload?.state !== "failed") return resumeUpload(upload?.key ?? "");
    void dropUpload(upload.key);
    sendAgain(item.key);
  };
  return (
    <section
      aria-label={item.path}
      className="grid gap-4 border-t border-line pt-4 first:border-t-0 first:pt-0"
    >
      {(upload || item.upload) && (
        <UploadLine
          upload={upload ?? sentEarlier(item)}
          onPause={() => pauseUpload(upload?.key ?? "")}
          onResume={goOn}
          onCancel={cancel}
        />
      )}
      {item.run && (isFollowed ? <Followed item={item} /> : <Running item={item} progress={null} />)}
      {!item.run && (
        <>
          <SettingsForm
            settings={item.settings}
            onChange={(settings) => changeItem(item.key, { settings })}
            mappings={kinds.mappings}
            formats={kinds.formats}
            columns={item.glimpse.columns}
            taken={taken}
            errors={errorsOf(item.error)}
          />
          {item.isWanted && !item.upload && (
            <p role="status" className="text-caption text-muted">
              {t("It is imported as soon as it is whole.")}
            </p>
          )}
          {item.error && upload?.state !== "failed" ? (
            <ErrorState {...tellError(item.error)} onRetry={() => void startItem(item.key)} />
          ) : null}
        </>
      )}
    </section>
  );
}
