import { Archive, ArchiveRestore, GitCompareArrows, Star, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { TagField } from "../../../ui/TagField/TagField.tsx";

export interface BulkBarProps {
  runs: readonly Run[];
  /** Tags that are used already, to choose from. */
  knownTags: readonly string[];
  onCompare: () => void;
  onStar: (starred: boolean) => void;
  onArchive: (archived: boolean) => void;
  onTag: (tags: string[]) => void;
  onDelete: () => void;
  onClear: () => void;
}

const AT_REST = new Set(["completed", "failed", "stopped", "interrupted"]);

/** What can be done with the chosen runs. */
export function BulkBar(props: BulkBarProps) {
  const { runs, onCompare, onStar, onArchive, onDelete, onClear } = props;
  const { t } = useTranslation();
  const isStarred = runs.every((run) => run.starred);
  const isArchived = runs.every((run) => run.archived);
  const canDelete = runs.every((run) => AT_REST.has(run.state));
  return (
    <div
      role="toolbar"
      aria-label={t("Chosen runs")}
      className="flex flex-wrap items-center gap-2 border-t border-line bg-accent-wash px-4 py-2"
    >
      <strong className="mr-1">{t("{{count}} chosen", { count: runs.length })}</strong>
      <Button size="small" look="primary" icon={GitCompareArrows} onPress={onCompare}>
        {t("Compare")}
      </Button>
      <Button size="small" icon={Star} onPress={() => onStar(!isStarred)}>
        {isStarred ? t("Unstar") : t("Star")}
      </Button>
      <TagButton {...props} />
      <Button
        size="small"
        icon={isArchived ? ArchiveRestore : Archive}
        onPress={() => onArchive(!isArchived)}
      >
        {isArchived ? t("Bring back") : t("Archive")}
      </Button>
      <Button size="small" look="danger" icon={Trash2} isDisabled={!canDelete} onPress={onDelete}>
        {t("Delete")}
      </Button>
      {!canDelete && (
        <span className="text-caption text-muted">
          {t("Runs that work must be stopped before they can be deleted.")}
        </span>
      )}
      <span className="ml-auto">
        <Button size="small" look="ghost" icon={X} iconOnly onPress={onClear}>
          {t("Choose none")}
        </Button>
      </span>
    </div>
  );
}

function TagButton({ runs, knownTags, onTag }: BulkBarProps) {
  const { t } = useTranslation();
  const common = runs[0]?.tags.filter((tag) => runs.every((run) => run.tags.includes(tag))) ?? [];
  const [tags, setTags] = useState<readonly string[] | null>(null);
  return (
    <Popover
      label={t("Tag")}
      trigger={<Button size="small">{t("Tag")}</Button>}
      onOpenChange={() => setTags(null)}
    >
      {(close) => (
        <form
          className="grid w-64 max-w-full gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            onTag([...(tags ?? common)]);
            close();
          }}
        >
          <TagField
            label={t("Tags of all chosen runs")}
            value={[...(tags ?? common)]}
            onChange={setTags}
            suggestions={[...knownTags]}
          />
          <Button type="submit" size="small">
            {t("Save tags")}
          </Button>
        </form>
      )}
    </Popover>
  );
}
