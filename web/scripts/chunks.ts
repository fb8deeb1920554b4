// Which modules travel together. Each file costs a request and a turn of the server, so what pages share comes in a few
// pieces: what every page needs, light parts, controls with what they float, and the line chart.

import type { Rolldown } from "vite";

type Group = Exclude<
  Exclude<Rolldown.OutputOptions["codeSplitting"], boolean | undefined>["groups"],
  undefined
>[number];

const names = (...all: string[]) => `(?:${all.join("|")})`;
const LIBRARIES = names(
  "react",
  "react-dom",
  "scheduler",
  "use-sync-external-store",
  "i18next",
  "@tanstack/(?:react-router|router-core|history|react-store|store|query-core|react-query)",
  "openapi-fetch",
  "clsx",
);
const CORE_PARTS = names("Button", "Icon", "Kbd", "Link", "Logo", "Page", "LoadingState");
const LIGHT_PARTS = names(
  "Bar",
  "Cloth",
  "CopyButton",
  "EmptyState",
  "ErrorState",
  "Findings",
  "KeyValue",
  "Marker",
  "Num",
  "PageHeader",
  "Panel",
  "RunChip",
  "Skeleton",
  "Stat",
  "StatusPill",
  "Tag",
  "ThreadLine",
  "Time",
  "Toast",
);
const CONTROLS = names(
  "Checkbox",
  "Dialog",
  "Disclosure",
  "FieldFrame",
  "Menu",
  "NumberField",
  "Popover",
  "SearchField",
  "Segmented",
  "Select",
  "Sheet",
  "Slider",
  "Switch",
  "Tabs",
  "TagField",
  "TextArea",
  "TextField",
  "Tooltip",
);
const file = (text: string) => new RegExp(text);

/** Groups with a higher priority take their modules, and what these import, first. */
export const GROUPS: Group[] = [
  {
    name: "core",
    priority: 50,
    test: file(
      `node_modules/${LIBRARIES}/|node_modules/react-i18next/.*(?:useTranslation|initReactI18next|context)|node_modules/lucide-react/.*/(?:createLucideIcon|search)\\.|src/(?:i18n/|data/live/|data/client|data/series|api/)|src/ui/${CORE_PARTS}/`,
    ),
  },
  {
    name: "light",
    priority: 40,
    minShareCount: 2,
    test: file(
      `node_modules/lucide-react/|src/ui/${LIGHT_PARTS}/|src/ui/[\\w.]+\\.ts$|src/data/(?:runs|system|models|problem)`,
    ),
  },
  { name: "controls", priority: 30, minShareCount: 2, test: file(`src/ui/${CONTROLS}/`) },
  {
    name: "plot",
    priority: 20,
    test: file("node_modules/uplot/.*[.]js$|src/charts/(?:LineChart|parts)/.*[.]tsx?$"),
  },
];
