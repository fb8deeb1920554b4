import { DataPage } from "../../features/data/pages/DataPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <DataPage search={search} onSearch={onSearch} onGo={useGo()} />;
}
