// The web house's floors and sizes: imports run downward only, features are strangers, files and folders stay small.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const MAX_LINES = 250;
const MAX_ENTRIES = 14;
const root = resolve(import.meta.dirname, "../src");

// What each room may import from, beside itself. `testing` is for stories and tests alone.
const BELOW = {
  app: ["features", "forms", "charts", "ui", "data", "api", "i18n"],
  features: ["forms", "charts", "ui", "data", "api", "i18n"],
  forms: ["ui", "i18n"],
  charts: ["ui", "i18n"],
  ui: ["i18n"],
  data: ["api"],
  api: [],
  i18n: [],
  testing: ["charts", "data", "api", "ui", "i18n"],
};
// Folders of many equal things: one folder a part.
const WIDE = new Set(["ui", "features", "charts", "app/pages"]);

function* filesBelow(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const isStory = (path) => /\.(stories|test)\.tsx?$/.test(path);
const room = (path) => relative(root, path).split("/")[0];
const feature = (path) => relative(root, path).split("/")[1];
const breaches = [];
const graph = new Map();

for (const path of filesBelow(root)) {
  if (!/\.tsx?$/.test(path)) continue;
  const name = relative(root, path);
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_LINES && !name.includes(".gen."))
    breaches.push(`${name}: ${lines} lines, at most ${MAX_LINES}`);
  const targets = [];
  for (const [, kind, target] of text.matchAll(
    /(?:^|\n)(import type|import|export)[^;]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/g,
  )) {
    if (!target) continue;
    const to = resolve(dirname(path), target);
    if (!to.startsWith(root)) continue;
    const from = room(path);
    if (kind !== "import type") targets.push(to);
    if (isStory(path)) continue;
    if (room(to) !== from && !(BELOW[from] ?? []).includes(room(to))) {
      breaches.push(`${name}: ${from} may not import ${relative(root, to)}`);
    }
    if (from === "features" && room(to) === "features" && feature(to) !== feature(path)) {
      breaches.push(`${name}: features are strangers, it imports ${relative(root, to)}`);
    }
  }
  graph.set(path, targets);
}

const done = new Set();
function visit(path, trail) {
  const seen = trail.indexOf(path);
  if (seen >= 0) {
    breaches.push(`cycle: ${[...trail.slice(seen), path].map((each) => relative(root, each)).join(" → ")}`);
    return;
  }
  if (done.has(path)) return;
  for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
  done.add(path);
}
for (const path of graph.keys()) visit(path, []);

function folders(folder) {
  const entries = readdirSync(folder).filter(
    (name) => !/\.(stories\.tsx|test\.tsx?|mdx|css|json)$/.test(name),
  );
  if (entries.length > MAX_ENTRIES && !WIDE.has(relative(root, folder))) {
    breaches.push(`${relative(root, folder)}: ${entries.length} entries, at most ${MAX_ENTRIES}`);
  }
  for (const name of entries) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) folders(path);
  }
}
folders(root);

// A part's docs page says what it is for, of what it is made, what to do and not, its keys and its tokens.
const PARTS_OF_A_PAGE = ["**Purpose.**", "**Anatomy.**", "| Do | Don't |", "**Keyboard.**", "**Tokens.**"];
for (const path of filesBelow(root)) {
  if (!path.endsWith(".mdx")) continue;
  const text = readFileSync(path, "utf8");
  if (!text.includes("<Meta of=")) continue;
  const missing = PARTS_OF_A_PAGE.filter((part) => !text.includes(part));
  if (missing.length > 0) breaches.push(`${relative(root, path)}: lacks ${missing.join(", ")}`);
}

if (breaches.length > 0) {
  process.stdout.write(`${breaches.join("\n")}\n`);
  process.exit(1);
}
