import { ComparePage } from "../../features/runs/compare/ComparePage.tsx";
import { prepareCompare } from "../../features/runs/compare/useCompare.ts";
import type { Prepare } from "../prepare.ts";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export const prepare: Prepare = (client, _, search) => prepareCompare(client, search);

export function Page() {
  const [search, onSearch] = useSearchState();
  return <ComparePage search={search} onSearch={onSearch} onGo={useGo()} />;
}
