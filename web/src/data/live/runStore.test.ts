import { beforeEach, expect, test, vi } from "vitest";

/** A run's log as the server tells it: rows of a loss, and events with the place of each. */
const log = { losses: [3, 2], events: [{ cursor: "0:20", state: "completed" }] };
const asked: string[] = [];
/** While set, answers wait for it. */
let gate: Promise<void> = Promise.resolve();

function answer(path: string): unknown {
  if (path.endsWith("/summary")) return { "train/loss": {} };
  if (path.endsWith("/events"))
    return {
      items: log.events.map(({ cursor, state }, at) => ({
        cursor,
        event: { type: "state", time: at, state },
      })),
      next_cursor: "",
    };
  const x = log.losses.map((_, at) => at + 1);
  return { curves: [{ run: "r", key: "train/loss", exact: true, x, value: log.losses }] };
}

vi.stubGlobal("document", { baseURI: "http://studio.test/", hidden: false });
vi.stubGlobal("requestAnimationFrame", (act: () => void) => queueMicrotask(act));
vi.stubGlobal("fetch", async (request: Request) => {
  const { pathname } = new URL(request.url);
  asked.push(pathname.split("/").at(-1) ?? "");
  const said = JSON.stringify(answer(pathname));
  await gate;
  return new Response(said, { headers: { "content-type": "application/json" } });
});
const { RunStore } = await import("./runStore.ts");

beforeEach(() => {
  log.losses = [3, 2];
  log.events = [{ cursor: "0:20", state: "completed" }];
  gate = Promise.resolve();
  asked.length = 0;
});

const reads = () => asked.filter((name) => name === "events").length;
const lossOf = (store: InstanceType<typeof RunStore>) => [
  ...(store.view.get().curves.get("train/loss")?.y ?? []),
];

test("a run of which nothing was said since is read once", async () => {
  const store = new RunStore("r");
  store.begin();
  await store.here("0:20");
  expect(reads()).toBe(1);
  await vi.waitFor(() => expect(store.view.get()).toMatchObject({ isLoaded: true, state: "completed" }));
  expect(lossOf(store)).toEqual([3, 2]);
});

test("rows and events between the first read and the stream's begin are read too, also of a run that had ended", async () => {
  const store = new RunStore("r");
  let open = () => {};
  gate = new Promise((resolve) => {
    open = resolve;
  });
  store.begin();
  await vi.waitFor(() => expect(reads()).toBe(1));
  log.losses = [3, 2, 1]; // it was resumed, and learned one step more
  log.events.push({ cursor: "0:30", state: "running" });
  const here = store.here("0:55"); // a row stands after the newest event
  open();
  await here;
  expect(reads()).toBe(2);
  await vi.waitFor(() => expect(lossOf(store)).toEqual([3, 2, 1]));
  expect(store.view.get().state).toBe("running");
});

test("a stream that begins anew reads again, whatever it knew", async () => {
  const store = new RunStore("r");
  store.begin();
  await store.here("0:20");
  await store.here("0:20");
  expect(reads()).toBe(2);
});

test("what is read before the page is drawn is read once, and is there when the waiting ends", async () => {
  const store = new RunStore("r");
  await store.begin();
  expect(lossOf(store)).toEqual([3, 2]);
  expect(store.view.get().state).toBe("completed");
  await store.begin(); // the page is drawn now
  await store.here("0:20");
  expect(reads()).toBe(1);
});

test("the waiting ends also where nothing can be read", async () => {
  gate = Promise.reject(new Error("away"));
  const store = new RunStore("r");
  await store.begin();
  await vi.waitFor(() => expect(store.view.get().error).toBeTruthy());
});
