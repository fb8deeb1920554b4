import { useTranslation } from "../../../i18n/i18n.ts";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { formatPercent } from "../../../ui/format.ts";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { StackBar } from "../../../ui/StackBar/StackBar.tsx";
import { SHARES, type Share, shareOf, withShare } from "./settings.ts";

type Split = Record<string, unknown>;

export interface SplitFieldsProps {
  split: Split;
  onChange: (split: Split) => void;
  /** Columns of the file, for a split that the data itself names. */
  columns?: readonly string[];
  error?: string | undefined;
}

const RATIO: Split = { kind: "ratio", train: 0.9, validation: 0.05, test: 0.05, seed: 0, method: "hash" };

function Ratio({ split, onChange }: SplitFieldsProps) {
  const { t } = useTranslation();
  const names: Record<Share, string> = { train: t("Training"), validation: t("Validation"), test: t("Test") };
  return (
    <>
      <div className="grid grid-cols-3 gap-3">
        {SHARES.map((share) => (
          <NumberField
            key={share}
            label={names[share]}
            value={Math.round(shareOf(split, share) * 1e4) / 100}
            onChange={(value) => value !== null && onChange(withShare(split, share, value / 100))}
            minimum={0}
            maximum={100}
            unit="%"
          />
        ))}
      </div>
      <StackBar
        name={t("Shares of the rows")}
        parts={SHARES.map((share, index) => ({
          label: names[share],
          value: shareOf(split, share),
          heat: ([5, 3, 1] as const)[index] ?? 1,
        }))}
        total={1}
        format={(value) => formatPercent(value, Number.isInteger(Math.round(value * 1e4) / 100) ? 0 : 1)}
      />
      <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
        <Select
          label={t("Drawn by")}
          help={
            split.method === "random"
              ? t("Exact counts; another import draws anew.")
              : t("A row keeps its part as data grows; equal rows stay together.")
          }
          options={[
            { id: "hash", label: t("Content of the row") },
            { id: "random", label: t("Chance, exact counts") },
          ]}
          value={String(split.method ?? "hash")}
          onChange={(method) => onChange({ ...split, method })}
        />
        <NumberField
          label={t("Seed")}
          help={t("Another seed gives another draw.")}
          value={Number(split.seed ?? 0)}
          onChange={(seed) => onChange({ ...split, seed: seed ?? 0 })}
          integer
        />
      </div>
    </>
  );
}

/** Which rows are learned from, validated on and tested on; the shares always add up. */
export function SplitFields(props: SplitFieldsProps) {
  const { split, onChange, columns = [], error } = props;
  const { t } = useTranslation();
  const kind = split.kind === "column" ? "column" : "ratio";
  return (
    <div className="grid gap-3">
      <Segmented
        label={t("How rows are split")}
        options={[
          { id: "ratio", label: t("By shares") },
          { id: "column", label: t("A column names it") },
        ]}
        value={kind}
        onChange={(next) => onChange(next === "ratio" ? RATIO : { kind: "column", column: "split" })}
        className="justify-self-start"
      />
      {kind === "ratio" ? (
        <Ratio {...props} />
      ) : (
        <ComboBox
          label={t("Column of the split")}
          help={t("It says train, validation or test in every row.")}
          mono
          allowsCustomValue
          options={columns.map((id) => ({ id, label: id }))}
          value={String(split.column ?? "")}
          onChange={(column) => onChange({ kind: "column", column: column ?? "" })}
        />
      )}
      {error && <p className="text-caption text-danger">{error}</p>}
    </div>
  );
}
