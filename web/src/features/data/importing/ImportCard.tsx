import { ApiError } from "../../../data/client.ts";
import { tellError } from "../../../data/problem.ts";
import { dropUpload, pauseUpload, resumeUpload, type UploadView, useUploads } from "../../../data/uploads.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { hrefOf } from "../facts/names.ts";
import { Look } from "./mapping/Look.tsx";
import {
  changeItem,
  dropItem,
  filesOf,
  type ImportItem,
  isWhole,
  type Part,
  sendAgain,
  startItem,
  takeApart,
} from "./queue.ts";
import { RunLine } from "./RunLine.tsx";
import { SettingsForm } from "./SettingsForm.tsx";
import { UploadGroup } from "./UploadGroup.tsx";
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

type Line = UploadLineProps["upload"];

const errorsOf = (error: unknown): Record<string, string | undefined> =>
  error instanceof ApiError
    ? Object.fromEntries(
        (error.problem.errors ?? []).map((each) => [each.field, `${each.message}. ${each.fix}`]),
      )
    : {};

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

const sameFile = (each: UploadView, part: Part) => each.name === part.path && each.bytes === part.bytes;

/** A part as a line shows it: on its way, sent by an earlier visit, or waiting for its turn. */
function lineOf(part: Part, view: UploadView | undefined): Line {
  const isSent = part.upload !== "";
  return (
    view ?? {
      name: part.path,
      bytes: part.bytes,
      sent: isSent ? part.bytes : 0,
      state: isSent ? "done" : "sending",
      error: null,
      isResumed: false,
    }
  );
}

function Sending({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const views = useUploads();
  const viewOf = (part: Part) => views.findLast((each) => sameFile(each, part));
  const cancel = () => {
    dropItem(item.key);
    for (const part of item.parts) {
      const view = viewOf(part);
      if (view) void dropUpload(view.key).catch(() => undefined);
    }
  };
  const goOn = (view: UploadView | undefined) => {
    if (view?.state !== "failed") return resumeUpload(view?.key ?? "");
    void dropUpload(view.key);
    sendAgain(item.key);
  };
  const lines = item.parts.map((part) => {
    const view = viewOf(part);
    const actions = { onPause: () => pauseUpload(view?.key ?? ""), onResume: () => goOn(view) };
    return { upload: lineOf(part, view), ...actions };
  });
  const [only] = lines;
  if (!only) return null;
  if (lines.length === 1) return <UploadLine {...only} onCancel={cancel} />;
  return (
    <UploadGroup
      name={
        item.path === item.parts[0]?.path
          ? t("{{name}} and {{count}} more", { name: item.path, count: lines.length - 1 })
          : item.path
      }
      lines={lines}
      onCancel={cancel}
      onTakeApart={item.run === "" ? () => takeApart(item.key) : undefined}
    />
  );
}

/** Files from the drop to the dataset: sent, looked into, named, imported. */
export function ImportCard({ item, kinds, taken, isFollowed }: ImportCardProps) {
  const { t } = useTranslation();
  const hasFailed = useUploads().some(
    (each) => each.state === "failed" && item.parts.some((part) => sameFile(each, part)),
  );
  const change = (settings: ImportItem["settings"]) => changeItem(item.key, { settings });
  const { mappings, formats } = kinds;
  return (
    <section
      aria-label={item.path}
      className="grid gap-4 border-t border-line pt-4 first:border-t-0 first:pt-0"
    >
      <Sending item={item} />
      {item.run && (isFollowed ? <Followed item={item} /> : <Running item={item} progress={null} />)}
      {!item.run && (
        <>
          <SettingsForm
            settings={item.settings}
            onChange={change}
            mappings={mappings}
            formats={formats}
            columns={item.glimpse.columns}
            taken={taken}
            errors={errorsOf(item.error)}
            look={
              isWhole(item) && !item.isWanted ? (
                <Look
                  files={filesOf(item)}
                  settings={item.settings}
                  onChange={change}
                  mappings={mappings}
                  formats={formats}
                />
              ) : undefined
            }
          />
          {item.isWanted && !isWhole(item) && (
            <p role="status" className="text-caption text-muted">
              {t("It is imported as soon as it is whole.")}
            </p>
          )}
          {item.error && !hasFailed ? (
            <ErrorState {...tellError(item.error)} onRetry={() => void startItem(item.key)} />
          ) : null}
        </>
      )}
    </section>
  );
}
