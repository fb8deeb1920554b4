import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { discardUpload, uploadsQuery, useUploads } from "../../../data/uploads.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Problem } from "../state/Problem.tsx";
import { UnfinishedList } from "./UnfinishedList.tsx";

export interface UnfinishedUploadsProps {
  /** The same file again, and the upload that it continues. */
  onContinue: (file: File, id: string) => void;
}

/** Uploads of an earlier visit that wait for their rest. Nothing is shown where there are none. */
export function UnfinishedUploads({ onContinue }: UnfinishedUploadsProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(uploadsQuery);
  const here = new Set(useUploads().map(({ id }) => id));
  const discard = useMutation({
    mutationFn: discardUpload,
    onSettled: () => client.invalidateQueries({ queryKey: uploadsQuery.queryKey }),
  });
  const items = (query.data?.items ?? []).filter((each) => each.sha256 === "" && !here.has(each.id));
  const error = discard.error ?? query.error;
  if (items.length === 0 && !error) return null;
  return (
    <Panel title={t("Unfinished uploads")} count={items.length > 0 ? items.length : undefined}>
      <div className="grid gap-4">
        {error && (
          <Problem
            error={error}
            onRetry={() => {
              discard.reset();
              void query.refetch();
            }}
          />
        )}
        <UnfinishedList
          items={items}
          onContinue={onContinue}
          onDiscard={(id) => discard.mutate(id)}
          busy={discard.isPending ? discard.variables : ""}
        />
      </div>
    </Panel>
  );
}
