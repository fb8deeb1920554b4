import {
  Download,
  Ellipsis,
  GitFork,
  GraduationCap,
  MessageSquare,
  Ruler,
  ShieldCheck,
  Trash2,
} from "lucide-react";
import type { Checkpoint } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatBytes, formatCount } from "../../../ui/format.ts";
import { Menu } from "../../../ui/Menu/Menu.tsx";
import { Num } from "../../../ui/Num/Num.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { forkHref } from "../head/useRunActions.ts";

export interface CheckpointsProps {
  /** Oldest first. */
  items: readonly Checkpoint[];
  run: string;
  isLive: boolean;
  /** Whether every file was compared with its hash. */
  isVerified: boolean;
  isVerifying: boolean;
  onVerify: () => void;
  onDelete: (checkpoint: Checkpoint) => void;
}

/** Everything that can be loaded again: try, evaluate, export, go on from it. */
export function Checkpoints(props: CheckpointsProps) {
  const { items, isLive, isVerified, isVerifying, onVerify } = props;
  const { t } = useTranslation();
  const total = items.reduce((sum, each) => sum + each.bytes, 0);
  const best = bestStep(items);
  return (
    <Panel
      title={t("Checkpoints")}
      count={items.length > 0 ? formatBytes(total) : undefined}
      flush
      status={items.length === 0 ? "empty" : "ready"}
      empty={
        <EmptyState
          title={t("No checkpoints yet")}
          text={
            isLive
              ? t("They come by the schedule of the recipe, or when you save one.")
              : t("The run ended before the first one.")
          }
        />
      }
      tools={
        items.length > 0 ? (
          <Button size="small" look="ghost" icon={ShieldCheck} isPending={isVerifying} onPress={onVerify}>
            {isVerifying ? t("Comparing hashes…") : t("Verify")}
          </Button>
        ) : undefined
      }
    >
      <DataTable
        name={t("Checkpoints")}
        rows={[...items].reverse()}
        rowKey={(row) => row.reference}
        maxHeight={320}
        columns={[
          {
            id: "step",
            header: t("Step"),
            cell: (row) => (
              <span className="inline-flex items-center gap-2 tabular-nums">
                {formatCount(row.step)}
                {row.step === best && <Tag tone="positive">{t("best")}</Tag>}
              </span>
            ),
          },
          {
            id: "loss",
            header: t("Best loss"),
            align: "right",
            cell: (row) => <Num value={row.best_loss} />,
          },
          {
            id: "size",
            header: t("Size"),
            align: "right",
            muted: true,
            cell: (row) => <Num value={row.bytes} as="bytes" />,
          },
          ...(isVerified || items.some((each) => each.problems.length > 0)
            ? [
                {
                  id: "sound",
                  header: t("Sound"),
                  cell: (row: Checkpoint) => <Sound row={row} isVerified={isVerified} />,
                },
              ]
            : []),
          {
            id: "use",
            header: <span className="sr-only">{t("Use")}</span>,
            align: "right",
            cell: (row) => <Uses row={row} {...props} />,
          },
        ]}
      />
    </Panel>
  );
}

/** The checkpoint at which the best loss was first reached. */
export function bestStep(items: readonly Checkpoint[]): number | null {
  const measured = items.filter((each) => each.best_loss !== null);
  const least = Math.min(...measured.map((each) => each.best_loss ?? Number.POSITIVE_INFINITY));
  return measured.find((each) => each.best_loss === least)?.step ?? null;
}

function Sound({ row, isVerified }: { row: Checkpoint; isVerified: boolean }) {
  const { t } = useTranslation();
  if (row.problems.length > 0) {
    return (
      <span className="text-danger" title={row.problems.join("\n")}>
        {row.problems[0]}
      </span>
    );
  }
  return <span className="text-muted">{isVerified ? t("every file") : t("not checked")}</span>;
}

function Uses({ row, run, isLive, items, onDelete }: CheckpointsProps & { row: Checkpoint }) {
  const { t } = useTranslation();
  const model = encodeURIComponent(row.reference);
  const isLast = isLive && row.step === items.at(-1)?.step;
  return (
    <span className="inline-flex items-center gap-2">
      <Menu
        trigger={
          <Button look="ghost" size="small" icon={Ellipsis} iconOnly>
            {t("More for step {{step}}", { step: formatCount(row.step) })}
          </Button>
        }
        items={[
          { id: "generate", label: t("Try it"), icon: MessageSquare, href: `/generate?model=${model}` },
          { id: "evaluate", label: t("Evaluate"), icon: Ruler, href: `/evaluate?model=${model}` },
          { id: "export", label: t("Export"), icon: Download, href: `/export?model=${model}` },
          {
            id: "fork",
            label: t("Fork from here"),
            icon: GitFork,
            href: forkHref({ id: run }, row.step),
          },
          {
            id: "train",
            label: t("Train a new run on it"),
            icon: GraduationCap,
            href: `/recipes/edit?from=${run}&model=${model}`,
          },
          {
            id: "delete",
            label: t("Delete"),
            icon: Trash2,
            isDanger: true,
            ...(isLast ? { isDisabled: true, why: t("The run would go on from it.") } : {}),
            onAction: () => onDelete(row),
          },
        ]}
      />
    </span>
  );
}
