// What is on its way in: files that are sent, and the runs that import them. It outlives the sheet and the page.

import { useSyncExternalStore } from "react";
import { type ImportRequest, importDataset } from "../../../data/datasets.ts";
import { createStore } from "../../../data/live/store.ts";
import { sendFile, type UploadItem } from "../../../data/uploads.ts";
import { type Glimpse, glimpseFile } from "../facts/columns.ts";
import { proposeName } from "../facts/names.ts";
import { type ImportSettings, requestOf, settingsFor } from "./settings.ts";

/** One file of what becomes a dataset. */
export interface Part {
  /** Path of the file below what was dropped. */
  path: string;
  bytes: number;
  /** Id of the upload, once it is whole. */
  upload: string;
}

export interface ImportItem {
  key: string;
  /** What is shown for it: the path of a file, the folder of several, or what stands in its place. */
  path: string;
  /** 0 for a source that is not sent. */
  bytes: number;
  /** The files; none for a source that is not sent. */
  parts: readonly Part[];
  glimpse: Glimpse;
  settings: ImportSettings;
  /** A source that needs no upload. */
  source: Pick<ImportRequest, "path" | "source"> | null;
  /** Import as soon as it is whole. */
  isWanted: boolean;
  run: string;
  error: unknown;
}

const store = createStore<readonly ImportItem[]>([]);
const UNKNOWN: Glimpse = { columns: [], kind: "unknown" };
let counter = 0;

export function useQueue(): readonly ImportItem[] {
  return useSyncExternalStore(store.subscribe, store.get);
}

export function changeItem(key: string, changes: Partial<ImportItem>): void {
  store.set(store.get().map((each) => (each.key === key ? { ...each, ...changes } : each)));
}

export function dropItem(key: string, withFiles = true): void {
  for (const { path } of withFiles ? (itemOf(key)?.parts ?? []) : []) held.delete(`${key} ${path}`);
  store.set(store.get().filter((each) => each.key !== key));
}

export const clearQueue = (): void => store.set([]);

function put(item: Omit<ImportItem, "key">): string {
  counter += 1;
  const key = `import-${counter}`;
  store.set([...store.get(), { ...item, key }]);
  return key;
}

/** The files themselves, for another try, by item and path. */
const held = new Map<string, File>();
const MOST_AT_ONCE = 3;
const waiting: (() => void)[] = [];
let sending = 0;

/** Sends no more than a few files at once, in their order. */
async function sendInTurn(file: File, earlier: string): Promise<string> {
  if (sending >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else sending += 1;
  try {
    return await sendFile(file, earlier);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else sending -= 1;
  }
}

export const pathOf = (file: File): string => file.webkitRelativePath || file.name;

const itemOf = (key: string) => store.get().find((each) => each.key === key);

export const isWhole = ({ parts }: ImportItem): boolean =>
  parts.length > 0 && parts.every(({ upload }) => upload !== "");

async function follow(key: string, file: File, earlier: string): Promise<void> {
  const path = pathOf(file);
  try {
    const upload = await sendInTurn(file, earlier);
    const item = itemOf(key);
    if (!item) return;
    const parts = item.parts.map((each) => (each.path === path ? { ...each, upload } : each));
    changeItem(key, { parts, error: null });
    const now = itemOf(key);
    if (now?.isWanted && isWhole(now)) await startItem(key);
  } catch (error) {
    changeItem(key, { error, isWanted: false });
  }
}

function newItem(path: string, parts: readonly Part[]): Omit<ImportItem, "key"> {
  return {
    path,
    bytes: parts.reduce((sum, each) => sum + each.bytes, 0),
    parts,
    glimpse: UNKNOWN,
    settings: settingsFor(proposeName(path)),
    source: null,
    isWanted: false,
    run: "",
    error: null,
  };
}

/** What several files are called together: their folder, else the first and how many follow. */
function nameOf(files: readonly File[]): string {
  const first = files[0];
  if (!first) return "";
  const folders = new Set(files.map((file) => pathOf(file).split("/").slice(0, -1)[0] ?? ""));
  const [only = ""] = folders;
  return folders.size === 1 && only !== "" ? only : pathOf(first);
}

function begin(files: readonly File[], earlier: string): void {
  const parts = files.map((file) => ({ path: pathOf(file), bytes: file.size, upload: "" }));
  const key = put(newItem(nameOf(files), parts));
  const [first] = files;
  if (first) void glimpseFile(first).then((found) => changeItem(key, { glimpse: found }));
  for (const file of files) {
    held.set(`${key} ${pathOf(file)}`, file);
    void follow(key, file, earlier);
  }
}

const isIn = (item: ImportItem, file: File) =>
  item.parts.some(({ path, bytes }) => path === pathOf(file) && bytes === file.size);

/**
 * Begin to send files: several make one dataset. One that is here already goes on, and is not sent twice. `earlier`: the upload that a file
 * continues.
 */
export function addFiles(files: readonly File[], earlier = ""): void {
  const fresh: File[] = [];
  for (const file of files) {
    const twin = store.get().find((each) => isIn(each, file));
    if (twin && !twin.error && !twin.run) continue;
    if (twin) dropItem(twin.key);
    fresh.push(file);
  }
  if (fresh.length > 0) begin(fresh, earlier);
}

/** Several files as so many datasets. What was sent stays sent. */
export function takeApart(key: string): void {
  const item = itemOf(key);
  if (!item) return;
  dropItem(key, false);
  for (const part of item.parts) {
    const file = held.get(`${key} ${part.path}`);
    held.delete(`${key} ${part.path}`);
    const next = put(newItem(part.path, [part]));
    if (!file) continue;
    held.set(`${next} ${part.path}`, file);
    void glimpseFile(file).then((found) => changeItem(next, { glimpse: found }));
    if (part.upload === "") void follow(next, file, "");
  }
}

/** A file that the server holds whole since an earlier visit: only its import is missing. */
export function addWhole({ id, name, length }: UploadItem): void {
  if (store.get().some(({ parts }) => parts.some(({ upload }) => upload === id))) return;
  put(newItem(name || id, [{ path: name || id, bytes: length, upload: id }]));
}

/** Another try with the files whose upload failed; what was sent stays sent. */
export function sendAgain(key: string): void {
  changeItem(key, { error: null });
  for (const { path, upload } of itemOf(key)?.parts ?? []) {
    const file = held.get(`${key} ${path}`);
    if (file && upload === "") void follow(key, file, "");
  }
}

/** A source on the server: a path, or a generator of a plugin. */
export async function startSource(
  label: string,
  settings: ImportSettings,
  source: Pick<ImportRequest, "path" | "source">,
): Promise<void> {
  const { id } = await importDataset(requestOf(settings, source));
  put({ ...newItem(label, []), settings, source, isWanted: true, run: id });
}

/** Start the run that imports a file, or remember to do so once it is whole. */
export async function startItem(key: string): Promise<void> {
  const item = itemOf(key);
  if (!item) return;
  changeItem(key, { isWanted: true, error: null });
  if (!isWhole(item) && !item.source) return;
  try {
    const request = requestOf(item.settings, item.source ?? filesOf(item));
    changeItem(key, { run: (await importDataset(request)).id });
  } catch (error) {
    changeItem(key, { error, isWanted: false });
  }
}

/** The uploads of an item, as the server takes them. */
export function filesOf({ parts }: ImportItem): { upload: string } | { uploads: string[] } {
  const uploads = parts.map(({ upload }) => upload);
  return uploads.length === 1 ? { upload: uploads[0] ?? "" } : { uploads };
}
