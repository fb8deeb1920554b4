import { ComparePage } from "../../features/runs/compare/ComparePage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <ComparePage search={search} onSearch={onSearch} onGo={useGo()} />;
}
