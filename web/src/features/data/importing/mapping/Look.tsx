import type { PreviewRequest } from "../../../../data/datasets.ts";
import type { SchemaKind } from "../../facts/schema.ts";
import type { ImportSettings } from "../settings.ts";
import { ImportLook } from "./ImportLook.tsx";
import { useImportLook } from "./useImportLook.ts";

export interface LookProps {
  files: Pick<PreviewRequest, "upload" | "uploads" | "path">;
  settings: ImportSettings;
  onChange: (settings: ImportSettings) => void;
  mappings: readonly SchemaKind[];
  formats: readonly SchemaKind[];
}

/** The look into files that are on the server, tied to the settings of their import. */
export function Look({ files, settings, onChange, mappings, formats }: LookProps) {
  const { mapping, format, columns } = settings;
  return (
    <ImportLook
      {...useImportLook(files, { mapping, format, ...(columns ? { columns } : {}) })}
      mappings={mappings}
      formats={formats}
      mapping={mapping}
      format={format}
      types={columns?.types ?? {}}
      onTypes={(types) => onChange({ ...settings, columns: { types } })}
      onMapping={(next) => onChange({ ...settings, mapping: next })}
      onFormat={(next) => onChange({ ...settings, format: next })}
    />
  );
}
