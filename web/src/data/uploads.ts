// Uploads that survive a cut line and a reload: tus 1.0 in pieces, the fingerprint of each file kept by this browser.

import { useSyncExternalStore } from "react";
import { Upload } from "tus-js-client";
import { ApiError, baseUrl, type Problem } from "./client.ts";
import { createStore } from "./live/store.ts";

const PIECE_BYTES = 4 << 20;
const RETRY_MS = [0, 500, 1500, 3000, 6000, 10_000];

export interface UploadView {
  key: string;
  name: string;
  bytes: number;
  sent: number;
  /** `lost`: the line is cut and it tries again by itself. */
  state: "sending" | "lost" | "paused" | "done" | "failed";
  /** Id on the server, once it is whole. */
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

/** Send a file; the promise gives its id on the server once it is whole. */
export function sendFile(file: File): Promise<string> {
  const key = `upload-${++counter}`;
  const view: UploadView = {
    key,
    name: file.webkitRelativePath || file.name,
    bytes: file.size,
    sent: 0,
    state: "sending",
    id: "",
    error: null,
    isResumed: false,
  };
  store.set([...store.get(), view]);
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: `${baseUrl()}/api/uploads`,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: view.name },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        if (status >= 400 && status < 500 && status !== 409 && status !== 423) return false;
        change(key, { state: "lost" });
        return true;
      },
      onProgress: (sent) => change(key, { sent, state: "sending" }),
      onError: (error) => {
        const told = problemOf(error);
        change(key, { state: "failed", error: told });
        running.delete(key);
        reject(told);
      },
      onSuccess: () => {
        const id = upload.url?.split("/").at(-1) ?? "";
        change(key, { state: "done", sent: file.size, id });
        running.delete(key);
        resolve(id);
      },
    });
    running.set(key, upload);
    void upload.findPreviousUploads().then((earlier) => {
      const first = earlier[0];
      if (first) {
        upload.resumeFromPreviousUpload(first);
        change(key, { isResumed: true });
      }
      upload.start();
    });
  });
}

/** Give an upload up, or take a finished one off the list. */
export async function dropUpload(key: string): Promise<void> {
  const upload = running.get(key);
  running.delete(key);
  store.set(store.get().filter((each) => each.key !== key));
  await upload?.abort(true);
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
