// What a page needs at once, known to its HTML: the frame is painted before any script runs, and the scripts of the route
// are fetched while those of the studio are read. `src/app/early.js`, which stands in the HTML itself, picks the route.

import { readFileSync } from "node:fs";
import path from "node:path";
import { minify, type Plugin, type Rolldown, runnerImport } from "vite";
import { SHOWN } from "../src/data/live/shown.ts";
import { GROUPS } from "./chunks.ts";

const PAGES = "src/app/pages/";
const MAIN = "src/app/main.tsx";
const EARLY = "src/app/early.js";
const CURVES = "application/vnd.tokenloom.series";
const LOSSES = "api/series?runs=*&keys=train%2Floss&keys=val%2Floss&x=step&px=1200";
const EVENTS = `api/runs/*/events?${SHOWN.map((type) => `type=${type}`).join("&")}&cursor=&limit=1000`;
const COMPARED = "api/series?runs=*&keys=train%2Floss&x=step&px=900";
interface Ask {
  question: string;
  accept?: string;
  /** Words of the address with which the page asks something else. */
  unless?: string[];
}
/** What a page asks first, letter by letter as its client does. A question that no page asks is lost work: e2e/views.test.ts looks. */
const ASKS: Record<string, Ask[]> = {
  home: ["api/plans", "api/machine", "api/cost", "api/models?limit=1000"].map((question) => ({ question })),
  run: [
    { question: "api/runs/*" },
    { question: "api/runs/*/spec" },
    { question: "api/runs/*/summary" },
    { question: LOSSES, accept: CURVES },
    { question: EVENTS },
    { question: "api/checkpoints?run=*&verify=false&limit=1000" },
    { question: "api/cost" },
  ],
  compare: [
    { question: COMPARED, accept: CURVES, unless: ["metric", "x", "range"] },
    { question: "api/runs/*" },
  ],
};
/** Pages that begin with the list of runs, which the stream brings: it is opened before any script. */
const LISTENS = new Set(["home"]);
const FONT = /inter-latin-wght-normal/;

type Chunk = Rolldown.OutputChunk;

/** Addresses and the page of each, as the router has them: `/runs/$run` becomes `runs/*`. */
function routes(root: string): Map<string, string> {
  const text = readFileSync(path.join(root, "src/app/router.tsx"), "utf8");
  const found = [...text.matchAll(/"(\/[^"]*)",\s*\(\) => import\("\.\/pages\/(\w+)\.tsx"\)/g)];
  if (found.length === 0) throw new Error("No page was found in src/app/router.tsx.");
  return new Map(found.map(([, address = "", page = ""]) => [address.slice(1).replace(/\$\w+/g, "*"), page]));
}

/** Files that a module of the build needs, itself first. */
function filesOf(chunks: Chunk[], root: string, module: string): string[] {
  const own = chunks.find((chunk) => chunk.moduleIds.includes(path.join(root, module)));
  if (!own) throw new Error(`${module} is in no chunk.`);
  const files = new Set<string>();
  const add = (name: string) => {
    if (files.has(name)) return;
    files.add(name);
    for (const each of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) add(each);
  };
  add(own.fileName);
  return [...files];
}

/** The script that asks early, in the place of its mark: a file of its own would be one more turn of the server before anything else. */
export function early(): Plugin {
  let file = "";
  return {
    name: "early",
    configResolved: (config) => {
      file = path.join(config.root, EARLY);
    },
    transformIndexHtml: {
      order: "pre",
      handler: async (html) => {
        const { code } = await minify(EARLY, readFileSync(file, "utf8"));
        return html.replace("<!--early-->", () => `<script>${code.trim()}</script>`);
      },
    },
  };
}

export function firstPaint(): Plugin {
  let root = "";
  return {
    name: "first-paint",
    apply: "build",
    config: () => ({
      build: { rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } } },
    }),
    configResolved: (config) => {
      root = config.root;
    },
    transformIndexHtml: {
      order: "post",
      handler: async (html, { bundle = {} }) => {
        const { module } = await runnerImport<{ still: () => string }>(
          path.join(root, "src/app/shell/still.tsx"),
          { root, configFile: false, logLevel: "error" },
        );
        const output = Object.values(bundle);
        const chunks = output.filter((each): each is Chunk => each.type === "chunk");
        const main = filesOf(chunks, root, MAIN);
        const known = [...routes(root)].map(([address, page]) => {
          const own = filesOf(chunks, root, `${PAGES}${page}.tsx`).filter((file) => !main.includes(file));
          return [address, { files: own, asks: ASKS[page] ?? [], listens: LISTENS.has(page) }];
        });
        const links = main.filter((file) => !html.includes(`./${file}"`)).map(preload);
        const font = output.find(({ fileName }) => FONT.test(fileName))?.fileName;
        const table = `<script type="application/json" id="routes">${JSON.stringify(Object.fromEntries(known))}</script>`;
        return stylesFirst(html)
          .replace("<!--routes-->", table)
          .replace("</head>", `${links.join("")}${font ? fontLink(font) : ""}</head>`)
          .replace("<!--frame-->", module.still());
      },
    },
  };
}

/** Style sheets before modules: the first paint waits for them alone, and a browser has few connections to a server. The inline script, which would wait for them, stays before. */
function stylesFirst(html: string): string {
  const styles = /<link rel="stylesheet"[^>]*>\s*/g;
  const found = (html.match(styles) ?? []).join("");
  return html.replace(styles, "").replace('<script type="module"', () => `${found}<script type="module"`);
}

const preload = (file: string) => `<link rel="modulepreload" crossorigin href="./${file}">\n`;
const fontLink = (file: string) =>
  `<link rel="preload" as="font" type="font/woff2" crossorigin href="./${file}">\n`;
