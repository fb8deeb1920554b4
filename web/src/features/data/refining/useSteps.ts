import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "../../../data/client.ts";
import { type RefinePreview, refinePreviewQuery } from "../../../data/datasets.ts";
import { type History, useHistory, useUndoKeys } from "../../../forms/useHistory.ts";
import { useDebounced } from "../../../ui/useTyped.ts";
import { type StepDraft, specsOf } from "./steps/drafts.ts";

const CALM_MS = 350;
const nameOf = (key: string) => `tokenloom.draft.clean.${key}`;

function kept(key: string): StepDraft[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(nameOf(key)) ?? "[]");
    return Array.isArray(found) ? (found as StepDraft[]) : [];
  } catch {
    return [];
  }
}

/** The steps that are being put together for one version: undone and redone, kept over a reload. */
export function useSteps(key: string): History<StepDraft[]> {
  const [first] = useState(() => kept(key));
  const history = useHistory<StepDraft[]>(first);
  useUndoKeys(history);
  useEffect(() => {
    try {
      if (history.value.length > 0) localStorage.setItem(nameOf(key), JSON.stringify(history.value));
      else localStorage.removeItem(nameOf(key));
    } catch {
      // A full or closed storage: the page still holds it.
    }
  }, [key, history.value]);
  return history;
}

export interface Problem {
  field: string;
  message: string;
  fix: string;
}

export interface Effects {
  preview: RefinePreview | null;
  error: unknown;
  /** What is wrong with the steps, by dotted name. */
  problems: readonly Problem[];
  /** Whether what is shown belongs to earlier steps. */
  isOld: boolean;
  retry: () => void;
}

const NONE: readonly Problem[] = [];

/** What the steps would do, asked for once they have rested. */
export function useEffects(reference: string, steps: readonly StepDraft[]): Effects {
  const calm = useDebounced(steps, CALM_MS);
  const query = useQuery(refinePreviewQuery(reference, specsOf(calm)));
  const problems =
    query.error instanceof ApiError ? (query.error.problem.errors as readonly Problem[] | undefined) : NONE;
  const last = useLast(query.data);
  return {
    preview: steps.length === 0 ? null : last,
    error: query.error,
    problems: problems ?? NONE,
    isOld: calm !== steps || query.isFetching || query.error !== null,
    retry: () => void query.refetch(),
  };
}

/** The newest answer, also while a wrong setting gives none. */
function useLast(data: RefinePreview | undefined): RefinePreview | null {
  const [last, setLast] = useState<RefinePreview | null>(data ?? null);
  useEffect(() => {
    if (data) setLast(data);
  }, [data]);
  return data ?? last;
}
