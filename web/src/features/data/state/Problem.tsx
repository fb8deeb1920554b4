import { tellError } from "../../../data/problem.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";

export interface ProblemProps {
  error: unknown;
  onRetry?: () => void;
  isRetrying?: boolean;
}

/** What the server refused, why, and what to do. */
export function Problem({ error, onRetry, isRetrying }: ProblemProps) {
  const { what, todo, report } = tellError(error);
  return (
    <ErrorState
      what={what}
      todo={todo}
      report={report}
      {...(onRetry ? { onRetry, isRetrying: isRetrying ?? false } : {})}
    />
  );
}
