import { RecipePage } from "../../features/recipe/RecipePage/RecipePage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <RecipePage search={search} onSearch={onSearch} onGo={useGo()} />;
}
