import { useParams } from "@tanstack/react-router";
import { DatasetPage } from "../../features/data/pages/DatasetPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const { dataset } = useParams({ from: "/data/$dataset" });
  const [search, onSearch] = useSearchState();
  return <DatasetPage dataset={dataset} search={search} onSearch={onSearch} onGo={useGo()} />;
}
