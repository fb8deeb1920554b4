import { useCallback, useEffect, useRef, useState } from "react";

export const PAGE = 200;
const KEPT = 60;

export type LoadRows<Row> = (offset: number, limit: number, signal: AbortSignal) => Promise<readonly Row[]>;

/** Pages of rows, loaded when they come into view; the oldest are forgotten. */
export function usePages<Row>(load: LoadRows<Row>, total: number, first: number, last: number) {
  const pages = useRef(new Map<number, readonly Row[]>());
  const [, setVersion] = useState(0);
  const [failed, setFailed] = useState(false);
  const from = Math.floor(first / PAGE);
  const to = Math.floor(Math.max(first, Math.min(last, total - 1)) / PAGE);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another source of rows empties the pages
  useEffect(() => {
    pages.current.clear();
    setVersion((now) => now + 1);
  }, [load]);

  // More rows were found: only pages that were not full have changed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of rows alone says so
  useEffect(() => {
    for (const [page, rows] of pages.current) if (rows.length < PAGE) pages.current.delete(page);
    setVersion((now) => now + 1);
  }, [total]);

  useEffect(() => {
    if (failed || total === 0) return;
    const stop = new AbortController();
    const ask = async (page: number) => {
      const rows = await load(page * PAGE, Math.min(PAGE, total - page * PAGE), stop.signal);
      if (stop.signal.aborted) return;
      pages.current.set(page, rows);
      for (const oldest of pages.current.keys()) {
        if (pages.current.size <= KEPT) break;
        if (oldest < from || oldest > to) pages.current.delete(oldest);
      }
      setVersion((now) => now + 1);
    };
    const timer = window.setTimeout(() => {
      for (let page = from; page <= to; page += 1) {
        if (pages.current.has(page)) continue;
        ask(page).catch(() => !stop.signal.aborted && setFailed(true));
      }
    }, 40);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [from, to, load, total, failed]);

  const rowAt = useCallback(
    (index: number): Row | undefined => pages.current.get(Math.floor(index / PAGE))?.[index % PAGE],
    [],
  );
  return { rowAt, failed, retry: () => setFailed(false) };
}
