// The token ledger of a run as the weave draws it.

import type { RunNews } from "../../../data/live/stream.ts";
import type { LedgerLoss, LedgerStage } from "../../../ui/Ledger/Ledger.tsx";

interface RawStage {
  name: string;
  rows: number;
  tokens: number | null;
  losses: Record<string, { rows: number; tokens: number }>;
}

export interface RunLedger {
  stages: LedgerStage[];
  losses: LedgerLoss[];
  unit: "tokens" | "rows";
}

const ODD = /empty|bad|invalid|field|too long|duplicate|unknown|quarantine/i;

/** Stages that have tokens, with every loss between them; rows where no stage has tokens. */
export function ledgerOf(ledger: unknown): RunLedger {
  const raw = ((ledger as { stages?: RawStage[] } | null)?.stages ?? []) as RawStage[];
  const counted = raw.filter((stage) => stage.tokens !== null);
  const unit = counted.length > 1 ? "tokens" : "rows";
  const used = unit === "tokens" ? counted : raw;
  const losses = used.slice(1).flatMap((stage, index) =>
    Object.entries(stage.losses).flatMap(([label, lost]): LedgerLoss[] => {
      const value = lost[unit];
      if (value === 0) return [];
      return [{ afterStage: index, label, value, tone: ODD.test(label) ? "warning" : "muted" }];
    }),
  );
  const stages = used.map((stage) => ({ label: stage.name, value: Number(stage[unit]) }));
  return { stages, losses, unit };
}

/** The newest ledger of each split. */
export function ledgersOf(events: readonly RunNews[]): Map<string, RunLedger> {
  const found = new Map<string, RunLedger>();
  for (const event of events) {
    if (event.type === "ledger") found.set(String(event.split), ledgerOf(event.ledger));
  }
  return found;
}
