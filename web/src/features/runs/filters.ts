// Ready-made filters, and the line that people write themselves.

/** Views that everyone needs; each is a filter line of the server. */
export const VIEWS = {
  training: "",
  live: "",
  starred: "starred=true",
  all: "",
  archived: "archived=true",
} as const;

export type View = keyof typeof VIEWS;

/** The server's filter for a view and what was typed. Archived runs show only where they are asked for. */
export function filterLine(view: View, typed: string): string {
  const parts = [
    VIEWS[view],
    view === "archived" || /archived/.test(typed) ? "" : "archived=false",
    typed.trim(),
  ];
  return parts.filter(Boolean).join(" ");
}

/** Views that no filter line can say, since terms cannot be joined by “or”. */
export function fitsView(view: View, run: { task: string; state: string }): boolean {
  if (view === "training") return run.task === "pretrain" || run.task === "finetune" || run.task === "log";
  if (view === "live") return !["completed", "failed", "stopped", "interrupted"].includes(run.state);
  return true;
}

export interface SavedView {
  name: string;
  search: Record<string, string>;
}

const KEY = "tokenloom.views.runs";

export function savedViews(): SavedView[] {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored)
      ? stored.filter((each) => typeof each?.name === "string" && each.search)
      : [];
  } catch {
    return [];
  }
}

export function saveViews(views: readonly SavedView[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
  } catch {
    // storage is full or forbidden: the view stays in the address
  }
}
