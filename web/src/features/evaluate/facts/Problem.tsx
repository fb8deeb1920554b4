import { tellError } from "../../../data/problem.ts";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";

/** What the server refused, why, and what to do. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { what, todo, report } = tellError(error);
  return <ErrorState what={what} todo={todo} report={report} {...(onRetry ? { onRetry } : {})} />;
}
