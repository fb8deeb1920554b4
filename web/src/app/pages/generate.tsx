import { GeneratePage } from "../../features/generate/GeneratePage.tsx";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <GeneratePage search={search} onSearch={onSearch} />;
}
