import { humaniseOption } from "../../../forms/model/words.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { proposeName } from "./names.ts";
import type { SchemaKind } from "./schema.ts";

/** Sources whose files can be written in any way. */
export const HAS_FORMAT: ReadonlySet<string> = new Set(["url", "s3", "gcs"]);

/** What a kind of source is called: ours by name, a plugin's by the words before the colon of its description. */
export function useSourceName(): (source: SchemaKind) => string {
  const { t } = useTranslation();
  const names: Record<string, string> = {
    url: t("Address on the web"),
    huggingface: t("Hugging Face"),
    s3: t("Amazon S3"),
    gcs: t("Google Cloud Storage"),
    dataset: t("A dataset that is here"),
    arithmetic: t("Made-up sums"),
    recall: t("Made-up notes"),
    stories: t("Made-up stories"),
  };
  return ({ kind, description }) => {
    const [before, after] = description.split(":");
    return names[kind] ?? (after && before ? before : humaniseOption(kind));
  };
}

/** A name for the dataset from what says where it lies. */
export function nameFrom(values: Record<string, unknown>, kind: string): string {
  const place = String(values.url ?? values.uri ?? values.id ?? values.dataset ?? "");
  const path = place.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return path === "" ? kind : proposeName(path);
}

/** Whether everything that must be said is said. */
export const isFilled = ({ fields }: SchemaKind, values: Record<string, unknown>): boolean =>
  fields.every(({ name, isRequired }) => !isRequired || String(values[name] ?? "").trim() !== "");
