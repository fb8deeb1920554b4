import { useTranslation } from "../../../i18n/i18n.ts";
import { ComboBox } from "../../../ui/ComboBox/ComboBox.tsx";
import { formatPercent } from "../../../ui/format.ts";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { StackBar } from "../../../ui/StackBar/StackBar.tsx";
import { SHARES, type Share, shareOf, withShare } from "../importing/settings.ts";
import { asKind, SPLIT_KINDS, type SplitKind, splitKind } from "./kinds.ts";

type Split = Record<string, unknown>;

export interface SplitFieldsProps {
  split: Split;
  onChange: (split: Split) => void;
  /** Columns of the file, for a split that looks at one. */
  columns?: readonly string[];
  error?: string | undefined;
}

export function usePartNames(): Record<Share, string> {
  const { t } = useTranslation();
  return { train: t("Training"), validation: t("Validation"), test: t("Test") };
}

function Shares({ split, onChange }: SplitFieldsProps) {
  const { t } = useTranslation();
  const names = usePartNames();
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
    </>
  );
}

function Counts({ split, onChange }: SplitFieldsProps) {
  const { t } = useTranslation();
  const names = usePartNames();
  return (
    <div className="grid grid-cols-2 gap-3">
      {(["validation", "test"] as const).map((part) => (
        <NumberField
          key={part}
          label={names[part]}
          value={Number(split[part] ?? 0)}
          onChange={(value) => onChange({ ...split, [part]: value ?? 0 })}
          minimum={0}
          integer
          unit={t("rows")}
        />
      ))}
    </div>
  );
}

function Column({ split, onChange, columns = [], kind }: SplitFieldsProps & { kind: SplitKind }) {
  const { t } = useTranslation();
  if (!kind.column) return null;
  return (
    <ComboBox
      label={t(kind.column.label)}
      help={t(kind.column.help)}
      mono
      allowsCustomValue
      options={columns.map((id) => ({ id, label: id }))}
      value={String(split.column ?? "") || null}
      onChange={(column) => onChange({ ...split, column: column || (kind.column?.isOptional ? null : "") })}
      placeholder={kind.column.isOptional ? t("the class") : ""}
    />
  );
}

function Draw({ split, onChange, kind }: SplitFieldsProps & { kind: SplitKind }) {
  const { t } = useTranslation();
  if (!kind.hasSeed) return null;
  return (
    <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
      {kind.id === "ratio" && (
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
      )}
      <NumberField
        label={t("Seed")}
        help={t("Another seed gives another draw.")}
        value={Number(split.seed ?? 0)}
        onChange={(seed) => onChange({ ...split, seed: seed ?? 0 })}
        integer
      />
    </div>
  );
}

/** Which rows are learned from, validated on and tested on; the shares always add up. */
export function SplitFields(props: SplitFieldsProps) {
  const { split, onChange, error } = props;
  const { t } = useTranslation();
  const kind = splitKind(split.kind);
  return (
    <div className="grid gap-3">
      <Select
        label={t("How rows are split")}
        help={t(kind.help)}
        options={SPLIT_KINDS.map(({ id, title }) => ({ id, label: t(title) }))}
        value={kind.id}
        onChange={(next) => onChange(asKind(split, next))}
      />
      <Column {...props} kind={kind} />
      {kind.hasShares && <Shares {...props} />}
      {kind.id === "count" && <Counts {...props} />}
      <Draw {...props} kind={kind} />
      {error && <p className="text-caption text-danger">{error}</p>}
    </div>
  );
}
