import { Check, Info, type LucideIcon, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";

export type FindingLevel = "danger" | "warning" | "info" | "ok";

export interface Finding {
  id: string;
  level: FindingLevel;
  /** Count and thing: "212 test questions also stand in training". */
  title: ReactNode;
  /** The evidence. */
  detail?: ReactNode;
  /** The fix: one small button, at most two. */
  actions?: ReactNode;
}

export interface FindingsProps {
  items: readonly Finding[];
  /** Accessible name of the list. */
  label?: string;
}

export const LEVEL_ICONS: Record<FindingLevel, { icon: LucideIcon; color: string }> = {
  danger: { icon: OctagonAlert, color: "text-danger" },
  warning: { icon: TriangleAlert, color: "text-warning" },
  info: { icon: Info, color: "text-muted" },
  ok: { icon: Check, color: "text-positive" },
};

function Item({ level, title, detail, actions }: Finding) {
  const { t } = useTranslation();
  const words = { danger: t("Serious"), warning: t("Warning"), info: t("Note"), ok: t("Passed") };
  const { icon, color } = LEVEL_ICONS[level];
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-3 gap-y-0.5 border-t border-line px-4 py-2.5 first:border-t-0 @[400px]:grid-cols-[16px_minmax(0,1fr)_auto]">
      <Icon of={icon} className={`mt-0.5 ${color}`} />
      <div className="min-w-0 wrap-anywhere">
        <div className="font-semibold">
          <span className="sr-only">{words[level]}: </span>
          {title}
        </div>
        {detail !== undefined && <div className="text-caption leading-[18px] text-muted">{detail}</div>}
      </div>
      {actions && (
        <div className="flex flex-wrap items-center gap-1 @max-[400px]:col-start-2 @max-[400px]:mt-1">
          {actions}
        </div>
      )}
    </li>
  );
}

/** What was found, each with its evidence and its fix. In a narrow panel the fix stands below. */
export function Findings({ items, label }: FindingsProps) {
  return (
    <div className="@container">
      <ul aria-label={label}>
        {items.map((item) => (
          <Item key={item.id} {...item} />
        ))}
      </ul>
    </div>
  );
}
