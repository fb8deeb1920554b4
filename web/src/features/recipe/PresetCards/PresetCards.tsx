import type { PresetItem } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";

export interface PresetCardsProps {
  presets: readonly PresetItem[];
  /** Words that name, title or task must have. */
  query: string;
}

interface Group {
  id: string;
  title: string;
  presets: PresetItem[];
}

/** Presets by what they are for and what they need; each is a link into the editor. */
export function PresetCards({ presets, query }: PresetCardsProps) {
  const { t } = useTranslation();
  const tasks: Record<string, string> = { pretrain: t("Pretrain"), finetune: t("Fine-tune") };
  const machines: Record<string, string> = {
    cpu: t("on a processor"),
    gpu: t("on a GPU"),
    family: t("a family of models"),
  };
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Group>();
  for (const preset of presets) {
    const task = tasks[preset.task] ?? preset.task;
    const machine = preset.name.split("/")[0] ?? "";
    const text = `${preset.name} ${preset.title} ${task} ${preset.task}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const id = `${preset.task} ${machine}`;
    const title = [task, machines[machine]].filter(Boolean).join(" ");
    groups.set(id, { id, title, presets: [...(groups.get(id)?.presets ?? []), preset] });
  }
  if (groups.size === 0) {
    return (
      <EmptyState
        title={query ? t("No preset has “{{query}}” in its name", { query }) : t("No presets")}
        text={t("Any preset can be changed in every setting: begin with the nearest one.")}
      />
    );
  }
  return (
    <div className="grid gap-5">
      {[...groups.values()]
        .sort((a, b) => Number(b.id.startsWith("pretrain")) - Number(a.id.startsWith("pretrain")))
        .map((group) => (
          <section key={group.id} aria-label={group.title}>
            <h3 className="mb-2 text-caption font-medium text-muted">{group.title}</h3>
            <ul className="grid gap-3 sm:grid-cols-2">
              {group.presets.map((preset) => (
                <li key={preset.name} className="flex">
                  <PresetCard preset={preset} task={tasks[preset.task] ?? preset.task} />
                </li>
              ))}
            </ul>
          </section>
        ))}
    </div>
  );
}

function PresetCard({ preset, task }: { preset: PresetItem; task: string }) {
  return (
    <Link
      look="block"
      href={`/recipes/edit?preset=${encodeURIComponent(preset.name)}`}
      className="block w-full rounded-panel! border border-line bg-surface px-4 py-3 shadow-panel transition-colors duration-(--motion-fast) hover:border-line-strong"
    >
      <span className="flex items-baseline gap-2">
        <b className="min-w-0 font-semibold wrap-anywhere">
          {preset.name.split("/").slice(1).join("/") || preset.name}
        </b>
        <Tag className="ml-auto shrink-0">{task}</Tag>
      </span>
      <span className="mt-1 block text-caption leading-[18px] text-muted">{preset.title}</span>
    </Link>
  );
}
