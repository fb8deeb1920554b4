import { useParams } from "@tanstack/react-router";
import { prepareRun } from "../../features/run/live/useRun.ts";
import { RunPage } from "../../features/run/RunPage.tsx";
import type { Prepare } from "../prepare.ts";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export const prepare: Prepare = (client, { run = "" }) => prepareRun(client, run);

export function Page() {
  const { run } = useParams({ from: "/runs/$run" });
  const [search, onSearch] = useSearchState();
  return <RunPage run={run} search={search} onSearch={onSearch} onGo={useGo()} />;
}
