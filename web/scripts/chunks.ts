// Which modules travel together. Each file costs a request and a turn of the server, so what pages share comes in a few
// pieces: the styles, what every page needs, light parts, controls with what they float, and the line chart.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Rolldown } from "vite";

type Group = Exclude<
  Exclude<Rolldown.OutputOptions["codeSplitting"], boolean | undefined>["groups"],
  undefined
>[number];

/** File names of the icons that folders import: `ChartSpline` is `chart-spline`. */
function iconsOf(...folders: string[]): string {
  const web = path.resolve(import.meta.dirname, "..");
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(web, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /(?<!\.stories)\.tsx?$/.test(name))
      .map((name) => readFileSync(path.join(web, folder, name), "utf8")),
  );
  const lists = files.flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from "lucide-react"/g)]);
  const icons = lists.flatMap(([, list = ""]) => [...list.matchAll(/(?<!type )\b([A-Z]\w*)(?: as \w+)?/g)]);
  return names(...new Set(icons.map(([, name = ""]) => kebab(name))));
}

const kebab = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z0-9])/g, "-").toLowerCase();

const names = (...all: string[]) => `(?:${all.join("|")})`;
const LIBRARIES = names(
  "react",
  "react-dom",
  "scheduler",
  "use-sync-external-store",
  "@tanstack/(?:react-router|router-core|history|react-store|store|query-core|react-query)",
  "openapi-fetch",
  "clsx",
);
const CORE_PARTS = names("Button", "Icon", "Kbd", "Link", "Logo", "Page", "LoadingState");
const LIGHT_PARTS = names(
  "Banner",
  "Bar",
  "Cloth",
  "CopyButton",
  "DataTable",
  "EmptyState",
  "ErrorState",
  "Findings",
  "KeyValue",
  "Marker",
  "PageHeader",
  "Panel",
  "RunChip",
  "Skeleton",
  "StatusPill",
  "ThreadLine",
  "Time",
  "Toast",
);
/** Icons of the frame and of the first page, which wait for no other part. Those of a light part come with it. */
const FIRST_ICONS = iconsOf(
  "src/app/shell",
  "src/features/home",
  "src/ui/DataTable",
  "src/ui/Toast",
  "src/charts/LineChart",
  "src/charts/parts",
);
/** Parts that the first page does not show: each alone is too small for a file of its own. */
const FIGURES = names(
  "ui/(?:Ledger|Num|Stat|Tag|useTyped)",
  "data/(?:problem|datasets)",
  "features/runs/table/cells",
  "features/run/xray/(?:AskXray|xrays)",
);
/** Questions that only some pages ask. */
const MORE_QUERIES = names(
  "infiniteQueryObserver",
  "mutationObserver",
  "queriesObserver",
  "useInfiniteQuery",
  "useMutation",
  "useQueries",
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
  // What paints the frame needs nothing else: else all of the studio would be started before the first paint.
  { name: "first", priority: 60, test: file("vite/preload-helper|src/app/boot[.]ts$|[.]css$") },
  {
    name: "core",
    priority: 50,
    test: file(
      `node_modules/${LIBRARIES}/(?!.*/${MORE_QUERIES}[.])|node_modules/lucide-react/.*/(?:createLucideIcon|${FIRST_ICONS})[.]|src/(?:i18n/(?!translated)|data/live/|data/client|data/series|api/)|src/ui/${CORE_PARTS}/`,
    ),
  },
  {
    name: "light",
    priority: 40,
    minShareCount: 2,
    test: file(
      `src/ui/${LIGHT_PARTS}/|src/ui/(?!useTyped)[\\w.]+[.]ts$|src/data/(?:runs|system|models|recipes)[.]|src/app/(?:address|preferences|useGo|useSearchState|shell/(?:Sidebar|places))[.]tsx?$`,
    ),
  },
  { name: "tools", priority: 36, test: file("src/charts/(?:ChartToolbar/|exportImage)") },
  {
    name: "figures",
    priority: 35,
    minShareCount: 2,
    test: file(`node_modules/lucide-react/|node_modules/@tanstack/.*/${MORE_QUERIES}[.]|src/${FIGURES}`),
  },
  { name: "controls", priority: 30, minShareCount: 2, test: file(`src/ui/${CONTROLS}/`) },
  {
    name: "plot",
    priority: 20,
    test: file(
      "node_modules/uplot/.*[.]js$|src/charts/LineChart/(?!plot/handle).*[.]tsx?$|src/charts/parts/(?!TableToggle|CursorSurface|Axes).*[.]tsx?$",
    ),
  },
];
