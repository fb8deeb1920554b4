import { RunsPage } from "../../features/runs/RunsPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <RunsPage search={search} onSearch={onSearch} onGo={useGo()} />;
}
