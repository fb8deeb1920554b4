// Where one can go, in the order of the work.

import {
  ChartSpline,
  CircleHelp,
  Cpu,
  Database,
  GitCompareArrows,
  House,
  ListChecks,
  type LucideIcon,
  MessageSquareText,
  PackageOpen,
  Puzzle,
  ScrollText,
  Trash2,
} from "lucide-react";

export interface Place {
  href: string;
  /** The English name; it is also the key of its translation. */
  name: string;
  icon: LucideIcon;
  /** Pressed one after the other. */
  shortcut: string;
}

export const WORK: readonly Place[] = [
  { href: "/", name: "Home", icon: House, shortcut: "g h" },
  { href: "/data", name: "Data", icon: Database, shortcut: "g d" },
  { href: "/recipes", name: "Recipes", icon: ScrollText, shortcut: "g c" },
  { href: "/runs", name: "Runs", icon: ChartSpline, shortcut: "g r" },
  { href: "/compare", name: "Compare", icon: GitCompareArrows, shortcut: "g m" },
];

export const MODEL: readonly Place[] = [
  { href: "/evaluate", name: "Evaluate", icon: ListChecks, shortcut: "g e" },
  { href: "/generate", name: "Generate", icon: MessageSquareText, shortcut: "g g" },
  { href: "/export", name: "Export", icon: PackageOpen, shortcut: "g x" },
];

export const FOOT: readonly Place[] = [
  { href: "/compute", name: "Compute", icon: Cpu, shortcut: "g p" },
  { href: "/help", name: "Help", icon: CircleHelp, shortcut: "g ?" },
];

/** What stands inside of a page, and is looked for by its name. */
export const INNER = [
  { href: "/data?tab=tokenizers", name: "Tokenizers", hint: "Data", icon: Puzzle },
  { href: "/data?tab=storage", name: "Disk and bin", hint: "Data", icon: Trash2 },
] as const;

export const PLACES: readonly Place[] = [...WORK, ...MODEL, ...FOOT];

/** The place that an address belongs to. */
export function placeOf(path: string): Place | undefined {
  return PLACES.find((place) =>
    place.href === "/" ? path === "/" : `${path}/`.startsWith(`${place.href}/`),
  );
}
