// Uploads that survive a cut line and a reload: tus 1.0 in pieces, the fingerprint of each file kept by this browser.

import { queryOptions } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { defaultOptions, Upload } from "tus-js-client";
import { ApiError, api, baseUrl, data, type Problem, type Schemas } from "./client.ts";
import { createStore } from "./live/store.ts";

const PIECE_BYTES = 4 << 20;
const RETRY_MS = [0, 500, 1500, 3000, 6000, 10_000];

export type UploadItem = Schemas["UploadItem"];

/** All uploads that the server holds, also those of an earlier visit. */
export const uploadsQuery = queryOptions({
  queryKey: ["uploads"],
  queryFn: () => data(api.GET("/api/uploads", { params: { query: { limit: 1000 } } })),
});

export interface UploadView {
  key: string;
  name: string;
  bytes: number;
  sent: number;
  /** `lost`: the line is cut and it tries again by itself. */
  state: "sending" | "lost" | "paused" | "done" | "failed";
  /** Id on the server, as soon as it has one. */
  id: string;
  error: unknown;
  /** Whether it went on from an earlier try. */
  isResumed: boolean;
}

const store = createStore<readonly UploadView[]>([]);
const running = new Map<string, Upload>();
let counter = 0;

export function useUploads(): readonly UploadView[] {
  return useSyncExternalStore(store.subscribe, store.get);
}

function change(key: string, changes: Partial<UploadView>): void {
  store.set(store.get().map((each) => (each.key === key ? { ...each, ...changes } : each)));
}

/** Thrown where a file is not the one that was sent before: its parts would not fit together. */
export class ChangedFile extends Error {
  constructor() {
    super(
      "The file has changed since its first part was sent. Discard that upload, then send the file as it is now.",
    );
  }
}

const holds = (id: string) => (stored: { uploadUrl: string | null }) =>
  stored.uploadUrl?.split("/").at(-1) === id;

/** Where to go on: the upload that was asked for, else one that this browser began with the same file. */
async function goOn(upload: Upload, earlier: string): Promise<boolean> {
  const mine = await upload.findPreviousUploads();
  const found = earlier ? mine.find(holds(earlier)) : mine[0];
  if (found) upload.resumeFromPreviousUpload(found);
  else if (earlier) {
    // This browser began it with another state of the file.
    if ((await stored().findAllUploads()).some(holds(earlier))) throw new ChangedFile();
    upload.url = `${baseUrl()}/api/uploads/${earlier}`;
  }
  return upload.url !== null;
}

function stored() {
  const { urlStorage } = defaultOptions;
  if (!urlStorage) throw new Error("uploads are remembered nowhere");
  return urlStorage;
}

/** What tells a file from another: also its folder, since files of the same name and size may lie in several. A whole one is not sent again. */
const fingerprint = async (file: File | unknown): Promise<string> => {
  const { name, size, type, lastModified, webkitRelativePath } = file as File;
  return ["tokenloom", baseUrl(), webkitRelativePath || name, type, size, lastModified].join("\n");
};

/** Send a file; the promise gives its id on the server once it is whole. `earlier`: the upload that it continues. */
export function sendFile(file: File, earlier = ""): Promise<string> {
  const key = `upload-${++counter}`;
  const view: UploadView = {
    key,
    name: file.webkitRelativePath || file.name,
    bytes: file.size,
    sent: 0,
    state: "sending",
    id: earlier,
    error: null,
    isResumed: false,
  };
  store.set([...store.get(), view]);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      change(key, { state: "failed", error });
      running.delete(key);
      reject(error);
    };
    const upload = new Upload(file, {
      endpoint: `${baseUrl()}/api/uploads`,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: view.name },
      fingerprint,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status >= 400 && status < 500 && status !== 409 && status !== 423) return false;
        change(key, { state: "lost" });
        return true;
      },
      onUploadUrlAvailable: () => change(key, { id: upload.url?.split("/").at(-1) ?? "" }),
      onProgress: (sent) => change(key, { sent, state: "sending" }),
      onError: (error) => fail(problemOf(error)),
      onSuccess: () => {
        const id = upload.url?.split("/").at(-1) ?? "";
        change(key, { state: "done", sent: file.size, id });
        running.delete(key);
        resolve(id);
      },
    });
    running.set(key, upload);
    void goOn(upload, earlier).then((isResumed) => {
      change(key, { isResumed });
      upload.start();
    }, fail);
  });
}

/** Give an upload up, or take a finished one off the list. */
export async function dropUpload(key: string): Promise<void> {
  const upload = running.get(key);
  running.delete(key);
  store.set(store.get().filter((each) => each.key !== key));
  await upload?.abort(true);
}

/** Delete what an earlier visit sent, on the server and in this browser's memory of it. */
export async function discardUpload(id: string): Promise<void> {
  await api.DELETE("/api/uploads/{id}", { params: { path: { id } } });
  for (const each of (await stored().findAllUploads()).filter(holds(id)))
    await stored().removeUpload(each.urlStorageKey);
}

export function pauseUpload(key: string): void {
  void running.get(key)?.abort();
  change(key, { state: "paused" });
}

export function resumeUpload(key: string): void {
  running.get(key)?.start();
  change(key, { state: "sending" });
}

function problemOf(error: Error & { originalResponse?: { getBody(): string } | null }): unknown {
  try {
    return new ApiError(JSON.parse(error.originalResponse?.getBody() ?? "") as Problem);
  } catch {
    return error;
  }
}
