import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { type PageModule, patiently } from "./prepare.ts";

const Page = () => null;
const client = new QueryClient();
const load = (prepare?: PageModule["prepare"]) => async (): Promise<PageModule> =>
  prepare ? { Page, prepare } : { Page };

afterEach(() => {
  vi.useRealTimers();
});

test("a page without anything to prepare is not waited for", async () => {
  vi.useFakeTimers();
  await patiently(load(), client, {}, {});
  expect(vi.getTimerCount()).toBe(0);
});

test("what the page shows first is asked for by its address, and waited for", async () => {
  const seen: unknown[] = [];
  const prepare: PageModule["prepare"] = (_, parameters, search) => [
    Promise.resolve().then(() => seen.push(parameters, search)),
    Promise.reject(new Error("not here")),
  ];
  await patiently(load(prepare), client, { run: "r" }, { x: "time" });
  expect(seen).toEqual([{ run: "r" }, { x: "time" }]);
});

test("nobody waits long for it", async () => {
  vi.useFakeTimers();
  const waiting = patiently(
    load(() => [new Promise(() => {})]),
    client,
    {},
    {},
  );
  await vi.advanceTimersByTimeAsync(1000);
  await waiting;
});

test("scripts that cannot be fetched are left to the route's component", async () => {
  await patiently(() => Promise.reject(new Error("gone")), client, {}, {});
});
