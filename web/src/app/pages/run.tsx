import { useParams } from "@tanstack/react-router";
import { RunPage } from "../../features/run/RunPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const { run } = useParams({ from: "/runs/$run" });
  const [search, onSearch] = useSearchState();
  return <RunPage run={run} search={search} onSearch={onSearch} onGo={useGo()} />;
}
