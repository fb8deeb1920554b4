import { useState } from "react";
import type { ImportPreview } from "../../../../data/datasets.ts";
import { tellError } from "../../../../data/problem.ts";
import { humaniseOption } from "../../../../forms/model/words.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Disclosure } from "../../../../ui/Disclosure/Disclosure.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Select } from "../../../../ui/Select/Select.tsx";
import { exactPieces } from "../../facts/pieces.ts";
import { initialOf, type SchemaKind } from "../../facts/schema.ts";
import { RowAsRead, type RowAsReadProps, type Show } from "../../overview/RowAsRead.tsx";
import { KindFields } from "../../state/KindFields.tsx";
import { ColumnTypes, type Types } from "./ColumnTypes.tsx";
import { BadRows, FirstRows, ReadRow } from "./FirstRows.tsx";
import { Mapper } from "./Mapper.tsx";

type Values = Record<string, unknown>;

export interface ImportLookProps {
  /** What the server found in the first rows; null while it looks. */
  preview: ImportPreview | null;
  error?: unknown;
  onRetry?: () => void;
  mappings: readonly SchemaKind[];
  formats: readonly SchemaKind[];
  mapping: Values;
  format: Values;
  /** Types that were chosen for columns. */
  types: Types;
  onMapping: (mapping: Values) => void;
  onFormat: (format: Values) => void;
  onTypes: (types: Types) => void;
  /** Tokenizer and template of the tokens, and the choice among them. */
  tokens: Pick<RowAsReadProps, "tokenizers" | "tokenizer" | "onTokenizer" | "template" | "onTemplate">;
}

/** How the files are written, as it was found; anything of it can be set. */
function Format({
  preview,
  formats,
  format,
  onFormat,
}: Pick<ImportLookProps, "formats" | "format" | "onFormat"> & { preview: ImportPreview }) {
  const { t } = useTranslation();
  const isAuto = format.kind === "auto";
  const found = preview.format as Values;
  const shown = isAuto ? found : { ...found, ...format };
  const kind = formats.find((each) => each.kind === shown.kind);
  return (
    <div className="grid gap-4">
      <Select
        label={t("Format")}
        options={formats.map((each) => ({
          id: each.kind,
          label: each.kind === "auto" ? t("Found by itself") : t(humaniseOption(each.kind)),
        }))}
        value={String(format.kind ?? "auto")}
        onChange={(next) => {
          const chosen = formats.find((each) => each.kind === next);
          if (chosen) onFormat(next === found.kind ? { kind: next } : initialOf(chosen));
        }}
      />
      {kind && kind.fields.length > 0 && (
        <KindFields
          fields={kind.fields}
          values={shown}
          onChange={(values) => onFormat({ ...values, kind: kind.kind })}
        />
      )}
    </div>
  );
}

/** What kinds of value the columns hold; closed, it says how many of them are more than text. */
function Held({
  preview,
  types,
  onTypes,
}: Pick<ImportLookProps, "types" | "onTypes"> & { preview: ImportPreview }) {
  const { t } = useTranslation();
  const read = new Set(
    Object.entries(preview.mapping ?? {}).flatMap(([field, name]) =>
      field !== "kind" && typeof name === "string" ? [name] : [],
    ),
  );
  const count = preview.columns.filter(({ type }) => type && type !== "text").length;
  const summary = t("{{count}} of {{total}} are more than text", { count, total: preview.columns.length });
  return (
    <Disclosure title={t("What the columns hold")} summary={summary} level={3}>
      <ColumnTypes columns={preview.columns} read={read} value={types} onChange={onTypes} />
    </Disclosure>
  );
}

function useRow(preview: ImportPreview | null) {
  const [at, setAt] = useState(0);
  const [show, setShow] = useState<Show>("text");
  const rows = preview?.rows ?? [];
  const place = Math.min(at, Math.max(0, rows.length - 1));
  return { rows, place, setAt, show, setShow, row: rows[place] };
}

/** A look into files before they are imported: what they are, what their columns mean, how rows will be read, and which would be set aside. */
export function ImportLook(props: ImportLookProps) {
  const { preview, error, mappings, formats } = props;
  const { t } = useTranslation();
  const { rows, place, setAt, show, setShow, row } = useRow(preview);
  if (error)
    return <ErrorState {...tellError(error)} {...(props.onRetry ? { onRetry: props.onRetry } : {})} />;
  if (!preview) return <LoadingState text={t("Looking into the file")} height={160} />;
  const rendered = row?.tokens?.length
    ? {
        row: row.row,
        template: preview.template ?? "",
        tokens: exactPieces(row.tokens),
        trained: row.trained ?? 0,
      }
    : null;
  const kind = t(humaniseOption(String((preview.format as Values).kind)));
  return (
    <div className="grid gap-4">
      <div className="grid gap-0.5">
        <p>
          {preview.packing
            ? t("{{kind}} in {{packing}}: {{why}}.", { kind, packing: preview.packing, why: preview.why })
            : t("{{kind}}: {{why}}.", { kind, why: preview.why })}
        </p>
        {preview.num_files > 1 && (
          <p className="text-caption text-muted">
            {preview.skipped.length > 0
              ? t("{{count}} files; {{skipped}} of those looked into are passed over", {
                  count: preview.num_files,
                  skipped: preview.skipped.length,
                })
              : t("{{count}} files", { count: preview.num_files })}
          </p>
        )}
        {preview.skipped.slice(0, 5).map((each) => (
          <p key={each.name} className="text-caption text-muted">
            <span className="font-mono">{each.name}</span> {each.reason}
          </p>
        ))}
        {preview.notes.map((note) => (
          <p key={note} className="text-caption text-warning">
            {note}
          </p>
        ))}
      </div>
      <Disclosure title={t("How the file is written")} summary={kind} level={3}>
        <Format preview={preview} formats={formats} format={props.format} onFormat={props.onFormat} />
      </Disclosure>
      <FirstRows columns={preview.columns} rows={preview.rows} />
      <section aria-label={t("What the columns mean")} className="grid gap-3">
        <h3 className="font-semibold">{t("What the columns mean")}</h3>
        <Mapper
          columns={preview.columns}
          kinds={mappings}
          value={props.mapping}
          found={preview.mapping ?? null}
          reason={preview.mapping_reason}
          onChange={props.onMapping}
        />
        {preview.problem && (
          <p role="alert" className="text-caption text-danger">
            {String(preview.problem.message)}
            {/* What to do where nothing was found stands below “Shape” already; the hint speaks of the command line. */}
            {props.mapping.kind !== "auto" && ` ${preview.problem.hint ?? ""}`}
          </p>
        )}
      </section>
      <Held preview={preview} types={props.types} onTypes={props.onTypes} />
      {row?.read && (
        <section
          aria-label={t("Row {{row}} as it is understood", { row: formatCount(row.row) })}
          className="grid gap-2"
        >
          <h3 className="font-semibold">
            {t("Row {{row}} as it is understood", { row: formatCount(row.row) })}
          </h3>
          <ReadRow row={row} />
        </section>
      )}
      {row?.read && (
        <RowAsRead
          {...props.tokens}
          row={row.row}
          rendered={rendered}
          isLoading={rendered === null}
          show={show}
          onShow={setShow}
          onBefore={place > 0 ? () => setAt(place - 1) : undefined}
          onAfter={place < rows.length - 1 ? () => setAt(place + 1) : undefined}
        />
      )}
      <BadRows rows={preview.bad} total={preview.num_bad} looked={preview.looked} />
    </div>
  );
}
