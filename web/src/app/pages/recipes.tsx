import { RecipesPage } from "../../features/recipe/RecipesPage/RecipesPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const [search, onSearch] = useSearchState();
  return <RecipesPage search={search} onSearch={onSearch} onGo={useGo()} />;
}
