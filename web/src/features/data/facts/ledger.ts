// The ledger of a dataset as threads: stages by rows, and why rows left.

import type { LedgerStage as Stage } from "../../../data/datasets.ts";
import type { LedgerLoss, LedgerStage } from "../../../ui/Ledger/weave.ts";

export interface Told {
  stages: LedgerStage[];
  losses: LedgerLoss[];
}

export function readLedger(
  ledger: Record<string, unknown>,
  words: (name: string) => string = (name) => name,
): Told {
  const stages = Array.isArray(ledger.stages) ? (ledger.stages as Stage[]) : [];
  return {
    stages: stages.map(({ name, rows }) => ({ label: words(name), value: rows })),
    losses: stages.flatMap(({ losses }, index) =>
      Object.entries(losses ?? {})
        .filter(([, loss]) => loss.rows !== 0)
        .map(([label, loss]) => ({
          afterStage: index - 1,
          label,
          value: loss.rows,
          tone: "warning" as const,
        })),
    ),
  };
}
