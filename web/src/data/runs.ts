// Runs: lists, one run, what people say of it, and the commands that it answers.

import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type Run = Schemas["Run"];
export type Sent = Schemas["Sent"];
export type Checkpoint = Schemas["Checkpoint"];

export interface RunsQuery {
  filter?: string;
  sort?: string;
  metrics?: string[];
  params?: string[];
  limit?: number;
}

const PAGE = 200;

export function runsQuery(query: RunsQuery = {}) {
  return infiniteQueryOptions({
    queryKey: ["runs", query],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/runs", {
          params: { query: { limit: PAGE, ...query, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor || undefined,
    placeholderData: (previous) => previous,
  });
}

export const runNamesQuery = queryOptions({
  queryKey: ["runs", "names"],
  queryFn: () => data(api.GET("/api/runs/names")),
});

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["run", id],
    queryFn: () => data(api.GET("/api/runs/{id}", { params: { path: { id } } })),
  });
}

/** Settings of a run; `at`: with what was changed live up to this step. */
export function specQuery(id: string, at?: number) {
  return queryOptions({
    queryKey: at === undefined ? ["run", id, "spec"] : ["run", id, "spec", at],
    queryFn: () =>
      data(
        api.GET("/api/runs/{id}/spec", { params: { path: { id }, query: at === undefined ? {} : { at } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function checkpointsQuery(run: string, verify = false) {
  return queryOptions({
    queryKey: ["run", run, "checkpoints", verify],
    queryFn: () => data(api.GET("/api/checkpoints", { params: { query: { run, verify, limit: 1000 } } })),
  });
}

/** What the run's processes printed, from a byte on; a negative offset counts from the end. */
export function readOutput(id: string, offset: number): Promise<Schemas["Output"]> {
  return data(api.GET("/api/runs/{id}/logs", { params: { path: { id }, query: { offset } } }));
}

/** Events of the given types, oldest first. */
export function eventsQuery(run: string, types: string[]) {
  return queryOptions({
    queryKey: ["run", run, "events", types],
    queryFn: () =>
      data(
        api.GET("/api/runs/{id}/events", {
          params: { path: { id: run }, query: { type: types, limit: 1000 } },
        }),
      ),
  });
}

/**
 * Start a run of any kind. Mistakes come back as an ApiError with a reason and a fix by field.
 * `fork`: `RUN@STEP` of the checkpoint that it begins with.
 */
export function startRun(
  spec: Record<string, unknown>,
  { parent = "", fork = "" } = {},
): Promise<Schemas["Started"]> {
  const query = { ...(parent ? { parent } : {}), ...(fork ? { fork } : {}) };
  return data(api.POST("/api/runs", { body: spec as never, params: { query } }));
}

/** Kill the trainer on purpose; what was found follows as an event of the run. */
export function drillRun(id: string): Promise<unknown> {
  return data(api.POST("/api/runs/{id}/drill", { params: { path: { id } } }));
}

/** Do a run again from its beginning; the new run, which compares itself with this one. */
export function reproduceRun(id: string): Promise<{ id: string }> {
  return data(api.POST("/api/runs/{id}/reproduce", { params: { path: { id } } }));
}

/** Give a run a command; the answer has the trainer's own words where they came within the wait. */
export function sendCommand(
  id: string,
  command: string,
  values: Record<string, unknown> = {},
): Promise<Sent> {
  return data(
    api.POST("/api/runs/{id}/commands", {
      params: { path: { id }, query: { wait: 1 } },
      body: { command, arguments: values },
    }),
  );
}

export interface Annotation {
  name?: string;
  notes?: string;
  tags?: string[];
  starred?: boolean;
  archived?: boolean;
}

export function annotateRun(id: string, annotation: Annotation): Promise<Run> {
  return data(api.PATCH("/api/runs/{id}", { params: { path: { id } }, body: annotation }));
}

export function deleteRun(id: string): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/runs/{id}", { params: { path: { id } } }));
}

export function deleteCheckpoint(run: string, step: number): Promise<Schemas["Deleted"]> {
  return data(api.DELETE("/api/checkpoints/{id}/{step}", { params: { path: { id: run, step } } }));
}

type Pages = { pages: { items: Run[]; next_cursor: string; total?: number | null }[]; pageParams: unknown[] };

/** Show a change of some runs at once, in every list and page; the function that is returned takes it back. */
export function showChange(client: QueryClient, ids: ReadonlySet<string>, change: Partial<Run>): () => void {
  const before = client.getQueriesData<unknown>({ queryKey: ["runs"] });
  const single = [...ids].map((id) => [id, client.getQueryData<Run>(["run", id])] as const);
  client.setQueriesData<Pages | undefined>({ queryKey: ["runs"] }, (old) => {
    if (!old || !("pages" in old)) return old;
    const changed = (run: Run) => (ids.has(run.id) ? { ...run, ...change } : run);
    return { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.map(changed) })) };
  });
  for (const [id, run] of single) if (run) client.setQueryData(["run", id], { ...run, ...change });
  return () => {
    for (const [key, value] of before) client.setQueryData(key, value);
    for (const [id, run] of single) if (run) client.setQueryData(["run", id], run);
  };
}

/** Look again at everything about runs. */
export function refreshRuns(client: QueryClient): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === "runs" || queryKey[0] === "run",
  });
}
