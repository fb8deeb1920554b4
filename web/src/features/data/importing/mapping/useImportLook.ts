import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ImportPreview, type PreviewRequest, previewQuery } from "../../../../data/datasets.ts";
import { useTokenizers } from "../../overview/useRowAsRead.ts";
import type { ImportLookProps } from "./ImportLook.tsx";

/** What stands in files that are on the server, asked again with every change of format, mapping or tokenizer. */
export function useImportLook(
  files: Pick<PreviewRequest, "upload" | "uploads" | "path">,
  settings: Pick<PreviewRequest, "format" | "mapping" | "columns">,
): Pick<ImportLookProps, "preview" | "error" | "onRetry" | "tokens"> & { preview: ImportPreview | null } {
  const [asked, setAsked] = useState("");
  const [template, setTemplate] = useState("auto");
  const { tokenizers, tokenizer, isPending } = useTokenizers(asked ? { tokenizer: asked } : {});
  const { format, mapping, columns } = settings;
  const query = useQuery({
    ...previewQuery({
      ...files,
      format,
      mapping,
      ...(columns ? { columns } : {}),
      ...(tokenizer ? { tokenizer, template } : {}),
    }),
    ...(isPending ? { enabled: false } : {}),
  });
  return {
    preview: query.data ?? null,
    error: query.error,
    onRetry: () => void query.refetch(),
    tokens: {
      tokenizers: isPending ? [tokenizer] : tokenizers,
      tokenizer,
      onTokenizer: setAsked,
      template,
      onTemplate: setTemplate,
    },
  };
}
