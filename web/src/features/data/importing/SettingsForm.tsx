import type { ReactNode } from "react";
import { humaniseOption } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { formatPercent } from "../../../ui/format.ts";
import { Select } from "../../../ui/Select/Select.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { initialOf, type SchemaKind } from "../facts/schema.ts";
import { useShapeName } from "../list/DatasetList.tsx";
import { splitKind } from "../splits/kinds.ts";
import { SplitFields } from "../splits/SplitFields.tsx";
import { KindFields } from "../state/KindFields.tsx";
import { type ImportSettings, NAME, SHARES, shareOf } from "./settings.ts";

export interface SettingsFormProps {
  settings: ImportSettings;
  onChange: (settings: ImportSettings) => void;
  /** Kinds of mapping, as the schema has them. */
  mappings: readonly SchemaKind[];
  /** Kinds of format; leave it out for a source that has none. */
  formats?: readonly SchemaKind[] | undefined;
  /** Columns that were found in the file. */
  columns?: readonly string[];
  /** Names that are taken: the same name makes a new version. */
  taken?: ReadonlyMap<string, number>;
  /** A look into the files, where they can be looked into: it stands in the place of the choices below. */
  look?: ReactNode;
  /** What the server says of a field, by its dotted name. */
  errors?: Record<string, string | undefined>;
}

interface KindProps {
  label: string;
  kinds: readonly SchemaKind[];
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  columns: readonly string[];
}

function KindChoice({ label, kinds, value, onChange, columns }: KindProps) {
  const { t } = useTranslation();
  const shape = useShapeName();
  const chosen = kinds.find(({ kind }) => kind === value.kind);
  return (
    <>
      <Select
        label={label}
        {...(chosen?.description ? { help: t(chosen.description.replace(/`/g, "")) } : {})}
        options={kinds.map(({ kind }) => ({
          id: kind,
          label: kind === "auto" ? t("Found by itself") : t(humaniseOption(kind)),
          ...(shape(kind) === kind ? {} : { description: shape(kind) }),
        }))}
        value={String(value.kind ?? "auto")}
        onChange={(kind) => {
          const next = kinds.find((each) => each.kind === kind);
          if (next) onChange(initialOf(next));
        }}
      />
      {chosen && chosen.fields.length > 0 && (
        <KindFields fields={chosen.fields} values={value} onChange={onChange} names={columns} />
      )}
    </>
  );
}

function useSplitSummary({ split }: ImportSettings): string {
  const { t } = useTranslation();
  const kind = splitKind(split.kind);
  if (split.kind === "column") return t("by column {{column}}", { column: String(split.column) });
  if (!kind.hasShares) return t(kind.title).toLowerCase();
  return SHARES.map((share) => formatPercent(shareOf(split, share))).join(" · ");
}

/** Name, meaning and split of what comes in. The usual needs the name alone. */
export function SettingsForm(props: SettingsFormProps) {
  const { settings, onChange, mappings, formats = [], columns = [], taken, errors = {}, look } = props;
  const { t } = useTranslation();
  const put = (changes: Partial<ImportSettings>) => onChange({ ...settings, ...changes });
  const version = taken?.get(settings.dataset);
  const isNamed = NAME.test(settings.dataset);
  const kindLabel = (value: Record<string, unknown>) =>
    value.kind === "auto" ? t("found by itself") : t(humaniseOption(String(value.kind)));
  const wrong =
    isNamed || settings.dataset === ""
      ? errors.dataset
      : t("Use 1 to 100 characters without / \\ @, or spaces at the ends.");
  return (
    <div className="grid gap-4">
      <TextField
        label={t("Name of the dataset")}
        value={settings.dataset}
        onChange={(dataset) => put({ dataset })}
        help={
          settings.dataset === ""
            ? t("How recipes will call it.")
            : version === undefined
              ? t("A new dataset.")
              : t("{{name}} is there: this makes version {{version}}.", {
                  name: settings.dataset,
                  version: version + 1,
                })
        }
        error={wrong}
      />
      {look}
      <div>
        {!look && (
          <Disclosure title={t("What the columns mean")} summary={kindLabel(settings.mapping)} level={3}>
            <div className="grid gap-4">
              {columns.length > 0 && (
                <p className="text-caption text-muted">
                  {t("Columns found in the file")}: <span className="font-mono">{columns.join(", ")}</span>
                </p>
              )}
              <KindChoice
                label={t("Shape")}
                kinds={mappings}
                value={settings.mapping}
                onChange={(mapping) => put({ mapping })}
                columns={columns}
              />
            </div>
          </Disclosure>
        )}
        {!look && formats.length > 0 && (
          <Disclosure title={t("How the file is written")} summary={kindLabel(settings.format)} level={3}>
            <div className="grid gap-4">
              <KindChoice
                label={t("Format")}
                kinds={formats}
                value={settings.format}
                onChange={(format) => put({ format })}
                columns={[]}
              />
            </div>
          </Disclosure>
        )}
        <Disclosure title={t("Split")} summary={useSplitSummary(settings)} level={3}>
          <SplitFields
            split={settings.split}
            onChange={(split) => put({ split })}
            columns={columns}
            error={errors.split}
          />
        </Disclosure>
      </div>
    </div>
  );
}
