import { type QueryClient, useQuery } from "@tanstack/react-query";
import { listen, readRun } from "../../data/live/page.ts";
import type { LiveRun } from "../../data/live/stream.ts";
import { LIVE_STATES, TRAINING_TASKS, useWorkspace, workspaceKnown } from "../../data/live/workspace.ts";
import { modelsQuery } from "../../data/models.ts";
import { type PlanItem, plansQuery } from "../../data/recipes.ts";
import { type Machine, machineQuery, priceQuery } from "../../data/system.ts";
import { latest } from "./stages.ts";

export interface Trouble {
  run: LiveRun;
}

export interface HomeView {
  isKnown: boolean;
  /** The training run that is worth watching: one that lives, else none. */
  current: LiveRun | null;
  /** The run whose curve is shown: that one, else the newest. */
  watched: LiveRun | null;
  /** Training runs, newest first. */
  training: readonly LiveRun[];
  /** The newest of them, and other work where there is room. */
  recent: readonly LiveRun[];
  /** Everything else that works or waits, such as imports. */
  others: readonly LiveRun[];
  /** Ended badly and neither archived nor followed by a good one of the same name. */
  failed: readonly LiveRun[];
  /** They stand still, but nobody paused them. */
  heldUp: readonly LiveRun[];
  all: readonly LiveRun[];
  /** Null while they are read. */
  plans: readonly PlanItem[] | null;
  machine: Machine | null;
  price: { per_hour: number | null; currency: string } | null;
  models: number;
}

const RECENT = 7;

/** Begins to read what the front page shows first. */
export function prepareHome(client: QueryClient): Promise<unknown>[] {
  listen();
  const watched = async () => {
    const run = watchedOf(trainingOf(await workspaceKnown()));
    if (run) await readRun(run.id);
  };
  return [
    watched(),
    client.prefetchQuery(plansQuery),
    client.prefetchQuery(machineQuery),
    client.prefetchQuery(priceQuery),
    client.prefetchQuery(modelsQuery),
  ];
}

const trainingOf = (runs: readonly LiveRun[]) =>
  runs.filter((run) => !run.archived && (TRAINING_TASKS.has(run.task) || run.task === "log"));

/** One that lives, else the one that waits longest, else the newest. */
const watchedOf = (training: readonly LiveRun[]) => currentOf(training) ?? training[0] ?? null;

const currentOf = (training: readonly LiveRun[]) =>
  training.find((run) => LIVE_STATES.has(run.state) && run.state !== "queued") ??
  training.findLast((run) => run.state === "queued") ??
  null;

/** What the front page knows. */
export function useHome(): HomeView {
  const { runs, isKnown } = useWorkspace();
  const plans = useQuery(plansQuery);
  const machine = useQuery(machineQuery);
  const price = useQuery(priceQuery);
  const models = useQuery(modelsQuery);
  const shown = runs.filter((run) => !run.archived);
  const training = trainingOf(runs);
  return {
    isKnown,
    current: currentOf(training),
    watched: watchedOf(training),
    training,
    recent: latest(shown, training, RECENT),
    others: shown.filter(
      (run) => !TRAINING_TASKS.has(run.task) && run.task !== "log" && LIVE_STATES.has(run.state),
    ),
    heldUp: shown.filter(isHeldUp),
    failed: shown.filter((run) => run.state === "failed" && !recovered(run, shown)).slice(0, 4),
    all: shown,
    plans: plans.data?.items ?? (plans.isPending ? null : []),
    machine: machine.data ?? null,
    price: price.data ? { per_hour: price.data.per_hour ?? null, currency: price.data.currency } : null,
    models: models.data?.items.length ?? 0,
  };
}

const BY_PEOPLE = new Set(["", "by command", "it was paused when its process ended"]);

const isHeldUp = (run: LiveRun) => run.state === "paused" && !BY_PEOPLE.has(run.reason);

/** Whether a later run of the same name and task went well: then nobody needs to look any more. */
function recovered(run: LiveRun, runs: readonly LiveRun[]): boolean {
  return runs.some(
    (each) =>
      each.name === run.name &&
      each.task === run.task &&
      each.created > run.created &&
      each.state !== "failed",
  );
}
