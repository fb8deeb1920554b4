import { EvaluationsPage } from "../../features/evaluate/EvaluationsPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <EvaluationsPage search={search} onSearch={onSearch} onGo={useGo()} />;
}
