import { Trash2 } from "lucide-react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import type { Draft } from "../pure/drafts.ts";

export interface DraftListProps {
  /** Newest first. */
  drafts: readonly Draft[];
  onDelete: (draft: Draft) => void;
}

/** Recipes that were begun in this browser and not started. */
export function DraftList({ drafts, onDelete }: DraftListProps) {
  const { t } = useTranslation();
  if (drafts.length === 0) {
    return <EmptyState title={t("No drafts")} text={t("A recipe is kept here from its first change on.")} />;
  }
  return (
    <ul className="max-h-96 overflow-y-auto">
      {drafts.map((draft) => (
        <li key={draft.id} className="flex items-center gap-2 border-t border-line py-1.5 first:border-t-0">
          <div className="min-w-0 flex-1">
            <Link href={`/recipes/edit?draft=${draft.id}`} className="inline-block min-h-6 wrap-anywhere">
              {draft.title || t("Without a name")}
            </Link>
            <div className="text-caption text-muted">
              {originOf(draft, t)}, <Time at={draft.saved} />
            </div>
          </div>
          <Button look="ghost" size="small" icon={Trash2} iconOnly onPress={() => onDelete(draft)}>
            {t("Delete draft {{name}}", { name: draft.title })}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function originOf({ origin }: Draft, t: (key: string, values: Record<string, unknown>) => string): string {
  if (origin.kind === "run") return t("from run {{name}}", { name: origin.name });
  if (origin.kind === "yaml") return t("from {{name}}", { name: origin.name });
  return t("from {{name}}", { name: origin.name });
}
