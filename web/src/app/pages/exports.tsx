import { ExportsPage } from "../../features/export/ExportsPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <ExportsPage search={search} onSearch={onSearch} onGo={useGo()} />;
}
