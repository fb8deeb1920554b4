import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useWorkspace } from "../../../../data/live/workspace.ts";
import { tellError } from "../../../../data/problem.ts";
import { discardUpload, type UploadItem, uploadsQuery, useUploads } from "../../../../data/uploads.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { useQueue } from "../../importing/queue.ts";
import { UnfinishedList } from "./UnfinishedList.tsx";

export interface UnfinishedUploadsProps {
  /** The same file again, and the upload that it continues. */
  onContinue: (file: File, id: string) => void;
  /** A whole upload that is to be imported. */
  onImport: (upload: UploadItem) => void;
}

const UNDONE: ReadonlySet<string> = new Set(["failed", "stopped"]);

/** What waits: parts without their rest, and whole files that no run imported, or only runs that did not end well. */
function useWaiting(all: readonly UploadItem[]): UploadItem[] {
  const sent = useUploads();
  const queue = useQueue();
  const { runs } = useWorkspace();
  const here = new Set([
    ...sent.map(({ id }) => id),
    ...queue.flatMap(({ parts }) => parts.map(({ upload }) => upload)),
  ]);
  const isImported = ({ sha256, run }: UploadItem) =>
    sha256 !== "" && run !== "" && !UNDONE.has(runs.find(({ id }) => id === run)?.state ?? "");
  return all.filter((each) => !here.has(each.id) && !isImported(each));
}

/** Uploads of an earlier visit that wait for their rest or for their import. Nothing is shown where there are none. */
export function UnfinishedUploads({ onContinue, onImport }: UnfinishedUploadsProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(uploadsQuery);
  const discard = useMutation({
    mutationFn: discardUpload,
    onSettled: () => client.invalidateQueries({ queryKey: uploadsQuery.queryKey }),
  });
  const items = useWaiting(query.data?.items ?? []);
  const error = discard.error ?? query.error;
  if (items.length === 0 && !error) return null;
  return (
    <Panel title={t("Unfinished uploads")} count={items.length > 0 ? items.length : undefined}>
      <div className="grid gap-4">
        {error && (
          <ErrorState
            {...tellError(error)}
            onRetry={() => {
              discard.reset();
              void query.refetch();
            }}
          />
        )}
        <UnfinishedList
          items={items}
          onContinue={onContinue}
          onImport={onImport}
          onDiscard={(id) => discard.mutate(id)}
          busy={discard.isPending ? discard.variables : ""}
        />
      </div>
    </Panel>
  );
}
