// What is on its way in: files that are sent, and the runs that import them. It outlives the sheet and the page.

import { useSyncExternalStore } from "react";
import { type ImportRequest, importDataset } from "../../../data/datasets.ts";
import { createStore } from "../../../data/live/store.ts";
import { sendFile, type UploadItem } from "../../../data/uploads.ts";
import { type Glimpse, glimpseFile } from "../facts/columns.ts";
import { proposeName } from "../facts/names.ts";
import { type ImportSettings, requestOf, settingsFor } from "./settings.ts";

export interface ImportItem {
  key: string;
  /** Path of the file below what was dropped, or what stands in its place. */
  path: string;
  /** 0 for a source that is not sent. */
  bytes: number;
  glimpse: Glimpse;
  settings: ImportSettings;
  /** Id of the upload, once it is whole. */
  upload: string;
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

export function dropItem(key: string): void {
  held.delete(key);
  store.set(store.get().filter((each) => each.key !== key));
}

export const clearQueue = (): void => store.set([]);

function put(item: Omit<ImportItem, "key">): string {
  counter += 1;
  const key = `import-${counter}`;
  store.set([...store.get(), { ...item, key }]);
  return key;
}

/** The files themselves, for another try. */
const held = new Map<string, File>();

const pathOf = (file: File) => file.webkitRelativePath || file.name;

async function follow(key: string, file: File, earlier: string): Promise<void> {
  void glimpseFile(file).then((found) => changeItem(key, { glimpse: found }));
  try {
    changeItem(key, { upload: await sendFile(file, earlier), error: null });
    if (store.get().find((each) => each.key === key)?.isWanted) await startItem(key);
  } catch (error) {
    changeItem(key, { error, isWanted: false });
  }
}

/** Begin to send files. One that is here already goes on, and is not sent twice. `earlier`: the upload that a file continues. */
export function addFiles(files: readonly File[], earlier = ""): void {
  for (const file of files) {
    const twin = store.get().find((each) => each.path === pathOf(file) && each.bytes === file.size);
    if (twin && !twin.error && !twin.run) continue;
    if (twin) dropItem(twin.key);
    const key = put({
      path: pathOf(file),
      bytes: file.size,
      glimpse: UNKNOWN,
      settings: settingsFor(proposeName(pathOf(file))),
      upload: "",
      source: null,
      isWanted: false,
      run: "",
      error: null,
    });
    held.set(key, file);
    void follow(key, file, earlier);
  }
}

/** A file that the server holds whole since an earlier visit: only its import is missing. */
export function addWhole({ id, name, length }: UploadItem): void {
  if (store.get().some((each) => each.upload === id)) return;
  put({
    path: name || id,
    bytes: length,
    glimpse: UNKNOWN,
    settings: settingsFor(proposeName(name || id)),
    upload: id,
    source: null,
    isWanted: false,
    run: "",
    error: null,
  });
}

/** Another try with a file whose upload failed; what was sent stays sent. */
export function sendAgain(key: string): void {
  const file = held.get(key);
  changeItem(key, { error: null });
  if (file) void follow(key, file, "");
}

/** A source on the server: a path, or a generator of a plugin. */
export async function startSource(
  label: string,
  settings: ImportSettings,
  source: Pick<ImportRequest, "path" | "source">,
): Promise<void> {
  const { id } = await importDataset(requestOf(settings, source));
  put({
    path: label,
    bytes: 0,
    glimpse: UNKNOWN,
    settings,
    upload: "",
    source,
    isWanted: true,
    run: id,
    error: null,
  });
}

/** Start the run that imports a file, or remember to do so once it is whole. */
export async function startItem(key: string): Promise<void> {
  const item = store.get().find((each) => each.key === key);
  if (!item) return;
  changeItem(key, { isWanted: true, error: null });
  if (!item.upload && !item.source) return;
  try {
    const request = requestOf(item.settings, item.source ?? { upload: item.upload });
    changeItem(key, { run: (await importDataset(request)).id });
  } catch (error) {
    changeItem(key, { error, isWanted: false });
  }
}
