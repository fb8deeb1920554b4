import { memo, useMemo } from "react";
import type { RunNews } from "../../../data/live/stream.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Ledger, LedgerProof } from "../../../ui/Ledger/Ledger.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { ledgersOf } from "../facts/ledger.ts";

export interface LedgerPanelProps {
  events: readonly RunNews[];
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
}

/** Where every token of a split went, from raw to trained. Absent before the run has counted. */
export const LedgerPanel = memo(function LedgerPanel({ events, search, onSearch }: LedgerPanelProps) {
  const { t } = useTranslation();
  const ledgers = useMemo(() => ledgersOf(events), [events]);
  const splits = [...ledgers.keys()];
  const split = splits.find((each) => each === search.split) ?? splits[0] ?? "";
  const ledger = ledgers.get(split);
  if (!ledger || ledger.stages.length < 2) return null;
  const view = search.ledger === "table" ? "table" : "flow";
  return (
    <Panel
      title={t("Token ledger")}
      count={ledger.unit === "rows" ? t("in rows") : split}
      footer={<LedgerProof stages={ledger.stages} losses={ledger.losses} />}
      tools={
        <>
          {splits.length > 1 && (
            <Segmented
              label={t("Split")}
              size="small"
              options={splits.map((each) => ({ id: each, label: each }))}
              value={split}
              onChange={(next) => onSearch({ split: next === splits[0] ? undefined : next })}
            />
          )}
          <Segmented
            label={t("View")}
            size="small"
            options={[
              { id: "flow", label: t("Threads") },
              { id: "table", label: t("Table") },
            ]}
            value={view}
            onChange={(next) => onSearch({ ledger: next === "table" ? "table" : undefined })}
          />
        </>
      }
    >
      <Ledger stages={ledger.stages} losses={ledger.losses} view={view} />
    </Panel>
  );
});
