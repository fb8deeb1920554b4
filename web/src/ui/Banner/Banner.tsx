import { Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "../Icon/Icon.tsx";

export interface BannerProps {
  /** Danger is announced at once, the others politely. */
  level?: "info" | "warning" | "danger";
  children: ReactNode;
  /** One button. */
  action?: ReactNode;
}

const LOOKS = {
  info: { icon: Info, field: "bg-accent-wash", color: "text-accent" },
  warning: { icon: TriangleAlert, field: "bg-warning-wash", color: "text-warning" },
  danger: { icon: OctagonAlert, field: "bg-danger-wash", color: "text-danger" },
};

/** One line over a page or panel: what is going on, what stays safe, one thing to do. */
export function Banner({ level = "warning", children, action }: BannerProps) {
  const { icon, field, color } = LOOKS[level];
  return (
    <div
      role={level === "danger" ? "alert" : "status"}
      className={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-panel px-4 py-2.5 ${field}`}
    >
      <Icon of={icon} className={color} />
      <div className="min-w-0 flex-1 basis-40 wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
