// What a page shows first is asked for as soon as its address is known, so that the page is drawn once, with it.

import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";

type Texts = Record<string, string>;

/** Begins to read; each promise ends when one part is there, or cannot be had. */
export type Prepare = (client: QueryClient, parameters: Texts, search: Texts) => Promise<unknown>[];

/** A file of `pages/`. */
export interface PageModule {
  Page: ComponentType;
  prepare?: Prepare;
}

/** What takes longer is drawn when it comes: the page says meanwhile that it reads. */
const PATIENCE_MS = 150;

/** Waits for what the page of `load` shows first, but never long. */
export async function patiently(
  load: () => Promise<PageModule>,
  client: QueryClient,
  parameters: Texts,
  search: Texts,
): Promise<void> {
  // Scripts that cannot be fetched are the component's matter, which loads the studio anew after an update.
  const { prepare } = await load().catch(() => ({ prepare: undefined }));
  if (!prepare) return;
  const tired = new Promise((done) => setTimeout(done, PATIENCE_MS));
  await Promise.race([Promise.allSettled(prepare(client, parameters, search)), tired]);
}
