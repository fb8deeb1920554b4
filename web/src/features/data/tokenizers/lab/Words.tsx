import type { Candidates } from "../../../../data/looking/lab.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { type Column, DataTable } from "../../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { formatCount, formatPercent } from "../../../../ui/format.ts";
import { Select } from "../../../../ui/Select/Select.tsx";
import { Stat } from "../../../../ui/Stat/Stat.tsx";
import { StatStrip } from "../../../../ui/Stat/StatStrip.tsx";
import { Pieces } from "./Pieces.tsx";

export interface WordsProps {
  found: Candidates;
  /** Words that the model will be given; all at first. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  /** Models that can be given them: references and names. */
  models: readonly { id: string; label: string }[];
  model: string;
  onModel: (reference: string) => void;
  onAdd: () => void;
}

type Word = Candidates["candidates"][number];

function Effect({ found }: { found: Candidates }) {
  const { t } = useTranslation();
  const saved = 1 - found.tokens_after / Math.max(1, found.tokens_before);
  return (
    <StatStrip label={t("What all of them would do")}>
      <Stat
        label={t("Tokens of the sample")}
        value={formatCount(found.tokens_after)}
        compare={t("{{before}} now", { before: formatCount(found.tokens_before) })}
      />
      <Stat
        label={t("Shorter by")}
        value={formatPercent(saved, 1)}
        compare={t("measured with all of them")}
      />
      <Stat
        label={t("New tokens")}
        value={formatCount(found.new_tokens)}
        compare={t("the steps between included")}
      />
    </StatStrip>
  );
}

/** Words that are worth a token of their own, and the model that gets them. */
export function Words(props: WordsProps) {
  const { found, chosen, onChoose, models, model, onModel, onAdd } = props;
  const { t } = useTranslation();
  const columns: Column<Word>[] = [
    { id: "text", header: t("Word"), cell: ({ text }) => text.trim() },
    { id: "pieces", header: t("Its tokens now"), cell: ({ pieces }) => <Pieces pieces={pieces} /> },
    { id: "count", header: t("Times"), align: "right", muted: true, cell: ({ count }) => formatCount(count) },
    { id: "saved", header: t("Tokens saved"), align: "right", cell: ({ saved }) => formatCount(saved) },
  ];
  if (found.candidates.length === 0) {
    return (
      <EmptyState
        title={t("No word is worth a token of its own")}
        text={t("The tokenizer fits this dataset, or its words are too rare.")}
      />
    );
  }
  return (
    <div className="grid gap-4">
      <Effect found={found} />
      <DataTable
        name={t("Words worth a token")}
        columns={columns}
        rows={found.candidates}
        rowKey={({ text }) => text}
        rowName={({ text }) => text.trim()}
        selection={chosen}
        onSelect={onChoose}
        maxHeight={360}
      />
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={t("Model that gets them")}
          className="w-72 max-w-full"
          options={models}
          value={model || null}
          onChange={onModel}
          placeholder={t("Choose a model")}
        />
        <Button look="primary" isDisabled={!model || chosen.size === 0} onPress={onAdd}>
          {t("Give it {{count}} words", { count: chosen.size, defaultValue_one: "Give it one word" })}
        </Button>
        <p className="w-full text-caption text-muted">
          {t("Every id and weight that it has stays; it learns the new words when it is trained next.")}
        </p>
      </div>
    </div>
  );
}
