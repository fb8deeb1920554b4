import { expect, it } from "vitest";
import { newestOfEach } from "./newest.ts";
import type { RunNews } from "./stream.ts";

const event = (type: string, time: number): [string, RunNews] => [`${type}${time}`, { type, time }];

it("keeps the newest of each type and the first, in their order", () => {
  const noise = Array.from({ length: 50 }, (_, at) => event("system", at + 10));
  const events = new Map([event("sample", 1), event("sample", 200), ...noise, event("state", 2)]);
  expect([...newestOfEach(events, 3).keys()]).toEqual([
    "sample1",
    "state2",
    "system10",
    "system57",
    "system58",
    "system59",
    "sample200",
  ]);
});
