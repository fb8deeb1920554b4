import {
  Archive,
  ClipboardCopy,
  Download,
  Ellipsis,
  FileText,
  GitCompareArrows,
  LifeBuoy,
  MemoryStick,
  MessageSquare,
  OctagonX,
  Repeat,
  Ruler,
  Star,
  Target,
  Trash2,
} from "lucide-react";
import { FINAL_STATES } from "../../../data/live/workspace.ts";
import type { Annotation, Run } from "../../../data/runs.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Menu, type MenuEntry, type MenuGroup } from "../../../ui/Menu/Menu.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { asCli, asPython, toYaml } from "../facts/copies.ts";

export interface RunMenuProps {
  run: Run;
  /** `RUN@STEP` of the newest checkpoint; empty before the first. */
  model: string;
  spec: Record<string, unknown>;
  isTraining: boolean;
  onSend: (command: string, values?: Record<string, unknown>) => void;
  onStopNow: () => void;
  onDrill: () => void;
  onReproduce: () => void;
  onAnnotate: (change: Annotation) => void;
  onDelete: () => void;
}

/** Everything else that can be done with a run. */
export function RunMenu(props: RunMenuProps) {
  const { t } = useTranslation();
  const groups = [useNowGroup(props), useNextGroup(props), useCopyGroup(props), useTidyGroup(props)];
  return (
    <Menu
      trigger={
        <Button icon={Ellipsis} iconOnly>
          {t("More")}
        </Button>
      }
      items={groups.filter((group) => group.items.length > 0)}
    />
  );
}

function useNowGroup({ run, model, isTraining, onSend, onStopNow, onDrill }: RunMenuProps): MenuGroup {
  const { t } = useTranslation();
  const isRunning = run.state === "running";
  const off = isRunning ? {} : { isDisabled: true, why: t("Only while it runs.") };
  const items: MenuEntry[] = [
    { id: "evaluate", label: t("Evaluate now"), icon: Target, ...off, onAction: () => onSend("evaluate") },
    {
      id: "sample",
      label: t("Sample now"),
      icon: FileText,
      ...(run.state === "paused" ? {} : off),
      onAction: () => onSend("sample"),
    },
    {
      id: "release",
      label: t("Pause and free the memory"),
      icon: MemoryStick,
      ...(run.state === "paused" ? {} : off),
      onAction: () => onSend("pause", { release: true }),
    },
    {
      id: "drill",
      label: t("Drill: kill and recover"),
      icon: LifeBuoy,
      ...(isRunning && model === "" ? { isDisabled: true, why: t("Comes with the first checkpoint.") } : off),
      onAction: onDrill,
    },
    { id: "stop-now", label: t("Stop now"), icon: OctagonX, isDanger: true, ...off, onAction: onStopNow },
  ];
  return { title: t("Now"), items: isTraining && !FINAL_STATES.has(run.state) ? items : [] };
}

function useNextGroup({ run, model, isTraining, onReproduce }: RunMenuProps): MenuGroup {
  const { t } = useTranslation();
  if (!isTraining) return { title: "", items: [] };
  const off = model === "" ? { isDisabled: true, why: t("Comes with the first checkpoint.") } : {};
  const query = encodeURIComponent(model);
  const isOver = FINAL_STATES.has(run.state);
  return {
    title: t("With this run"),
    items: [
      { id: "compare", label: t("Compare"), icon: GitCompareArrows, href: `/compare?runs=${run.id}` },
      { id: "eval", label: t("Evaluate the model"), icon: Ruler, href: `/evaluate?model=${query}`, ...off },
      { id: "generate", label: t("Try it"), icon: MessageSquare, href: `/generate?model=${query}`, ...off },
      {
        id: "reproduce",
        label: t("Reproduce and compare"),
        icon: Repeat,
        ...(isOver ? off : { isDisabled: true, why: t("Once it has ended.") }),
        onAction: onReproduce,
      },
      { id: "export", label: t("Export"), icon: Download, href: `/export?model=${query}`, ...off },
    ],
  };
}

function useCopyGroup({ spec }: RunMenuProps): MenuGroup {
  const { t } = useTranslation();
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ message: t("{{what}} is copied.", { what }), tone: "success" });
    } catch {
      toast({ message: t("The browser refused to copy."), tone: "danger" });
    }
  };
  const entry = (id: string, what: string, text: () => string): MenuEntry => ({
    id,
    label: t("Copy as {{what}}", { what }),
    icon: ClipboardCopy,
    onAction: () => void copy(text(), what),
  });
  return {
    title: t("Take it elsewhere"),
    items:
      Object.keys(spec).length === 0
        ? []
        : [
            entry("yaml", t("YAML"), () => toYaml(spec)),
            entry("cli", t("CLI"), () => asCli(spec)),
            entry("python", t("Python"), () => asPython(spec)),
          ],
  };
}

function useTidyGroup({ run, onAnnotate, onDelete }: RunMenuProps): MenuGroup {
  const { t } = useTranslation();
  const isResting = FINAL_STATES.has(run.state) || run.state === "interrupted";
  return {
    title: t("Tidy"),
    items: [
      {
        id: "star",
        label: run.starred ? t("Take the star away") : t("Star"),
        icon: Star,
        onAction: () => onAnnotate({ starred: !run.starred }),
      },
      {
        id: "archive",
        label: run.archived ? t("Take out of the archive") : t("Archive"),
        icon: Archive,
        onAction: () => onAnnotate({ archived: !run.archived }),
      },
      {
        id: "delete",
        label: t("Delete"),
        icon: Trash2,
        isDanger: true,
        ...(isResting ? {} : { isDisabled: true, why: t("Stop it first.") }),
        onAction: onDelete,
      },
    ],
  };
}
