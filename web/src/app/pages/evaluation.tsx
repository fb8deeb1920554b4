import { useParams } from "@tanstack/react-router";
import { EvaluationPage } from "../../features/evaluate/EvaluationPage.tsx";
import { useGo } from "../useGo.ts";
import { useSearchState } from "../useSearchState.ts";

export function Page() {
  const { evaluation } = useParams({ from: "/evaluate/$evaluation" });
  const [search, onSearch] = useSearchState();
  return <EvaluationPage evaluation={evaluation} search={search} onSearch={onSearch} onGo={useGo()} />;
}
