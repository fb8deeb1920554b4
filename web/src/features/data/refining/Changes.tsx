import { useState } from "react";
import type { RefinePreview } from "../../../data/datasets.ts";
import { humaniseOption } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { DiffText } from "../../../ui/DiffText/DiffText.tsx";
import { formatCount, formatValue } from "../../../ui/format.ts";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";

type Row = RefinePreview["rows"][number];
type Which = "all" | "changed" | "dropped";

const FIRST_SHOWN = 12;

export interface ChangesProps {
  preview: RefinePreview;
  /** Whether it belongs to earlier steps. */
  isOld?: boolean;
}

function Head({ row, preview }: { row: Row; preview: RefinePreview }) {
  const { t } = useTranslation();
  const step = row.step === null ? undefined : preview.steps[row.step];
  const quality = row.extra.quality ?? row.extra.quality_score;
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
      <h3 className="text-sm font-medium">{t("Row {{row}}", { row: row.row })}</h3>
      <Tag>{row.split}</Tag>
      {row.split_before && row.split_before !== row.split && (
        <span className="text-caption text-muted">{t("was in {{split}}", { split: row.split_before })}</span>
      )}
      {row.split_before === "" && <span className="text-caption text-muted">{t("new")}</span>}
      {typeof quality === "number" && (
        <span className="text-caption text-muted tabular-nums">
          {t("quality {{value}}", { value: formatValue(quality, 2) })}
        </span>
      )}
      {row.dropped && (
        <span className="text-caption text-danger">
          {step
            ? t("dropped by {{step}}: {{reason}}", {
                step: t(humaniseOption(step.kind)),
                reason: row.dropped,
              })
            : t("set aside: {{reason}}", { reason: row.dropped })}
        </span>
      )}
    </div>
  );
}

function Texts({ row }: { row: Row }) {
  return (
    <div className="grid gap-1 text-sm">
      {row.after.map((after, at) => {
        const before = row.before[at] ?? "";
        const key = `${row.row}-${at}`;
        if (before === after)
          return (
            <p key={key} className="line-clamp-2 wrap-anywhere whitespace-pre-wrap text-muted">
              {after}
            </p>
          );
        return <DiffText key={key} before={before} after={after} />;
      })}
    </div>
  );
}

/** Rows of the sample that do not come through as they were: words that go struck, words that come underlined. */
export function Changes({ preview, isOld = false }: ChangesProps) {
  const { t } = useTranslation();
  const [which, setWhich] = useState<Which>("all");
  const [most, setMost] = useState(FIRST_SHOWN);
  const dropped = preview.rows.filter((row) => row.dropped);
  const rows = { all: preview.rows, dropped, changed: preview.rows.filter((row) => !row.dropped) }[which];
  return (
    <div className="grid gap-3" aria-busy={isOld}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segmented<Which>
          label={t("Which rows")}
          size="small"
          value={which}
          onChange={setWhich}
          options={[
            { id: "all", label: t("All") },
            { id: "changed", label: t("Changed") },
            { id: "dropped", label: t("Dropped") },
          ]}
        />
        <p role="status" className="text-caption text-muted tabular-nums">
          {isOld
            ? t("Trying the steps anew")
            : t("{{touched}} of {{sampled}} rows are touched, {{left}} are left", {
                touched: formatCount(preview.touched),
                sampled: formatCount(preview.sampled),
                left: formatCount(preview.left),
              })}
        </p>
      </div>
      {preview.compares_sample && (
        <p className="text-caption text-muted">
          {t("Rows are compared with those of the sample only: the whole will have more copies.")}
        </p>
      )}
      {rows.length === 0 && <p className="py-4 text-muted">{t("No such row in the sample.")}</p>}
      <ol className="m-0 grid list-none divide-y divide-line p-0">
        {rows.slice(0, most).map((row) => (
          <li key={row.row} className="grid gap-1.5 py-3 first:pt-0">
            <Head row={row} preview={preview} />
            <Texts row={row} />
          </li>
        ))}
      </ol>
      {rows.length > most && (
        <Button size="small" className="justify-self-start" onPress={() => setMost(most + FIRST_SHOWN)}>
          {t("Show more")}
        </Button>
      )}
    </div>
  );
}
