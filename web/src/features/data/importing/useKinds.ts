import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { schemaQuery } from "../../../data/recipes.ts";
import { kindsOf, type SchemaKind } from "../facts/schema.ts";

export interface ImportKinds {
  mappings: readonly SchemaKind[];
  formats: readonly SchemaKind[];
  /** Sources beside files of this browser and of the server's machine. */
  sources: readonly SchemaKind[];
}

/** What an import can be told, as the server's schema has it. */
export function useKinds(): ImportKinds {
  const { data } = useQuery(schemaQuery);
  return useMemo(
    () => ({
      mappings: kindsOf(data, "ImportSpec", "mapping"),
      formats: kindsOf(data, "ImportSpec", "format"),
      sources: kindsOf(data, "ImportSpec", "source").filter(
        ({ kind }) => kind !== "file" && kind !== "files",
      ),
    }),
    [data],
  );
}
