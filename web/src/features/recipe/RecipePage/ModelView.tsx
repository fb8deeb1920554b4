import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ArchitecturePanel } from "../../../charts/Architecture/ArchitecturePanel.tsx";
import { recipeArchitectureQuery } from "../../../data/recipes.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { useDebounced } from "../../../ui/useTyped.ts";
import { refusalOf } from "./useChecks.ts";

const CALM_MS = 700;

/** The recipe's model, drawn once it is asked for and again when the recipe has changed. */
export function ModelView({ spec }: { spec: Values }) {
  const [isAsked, setIsAsked] = useState(false);
  const calm = useDebounced(spec, CALM_MS);
  const found = useQuery(recipeArchitectureQuery(isAsked ? calm : null));
  return (
    <ArchitecturePanel
      architecture={found.data ?? null}
      isAsked={isAsked}
      onAsk={() => setIsAsked(true)}
      refused={refusalOf(found.error)}
      onRetry={() => void found.refetch()}
    />
  );
}
