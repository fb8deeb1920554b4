// Metrics that can be asked for, as the schema has them: those of plugins, too.

export interface MetricKind {
  kind: string;
  description: string;
}

type Json = Record<string, unknown>;
const asJson = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export function metricKinds(schema: Json | undefined): MetricKind[] {
  const definitions = asJson(schema?.$defs);
  const items = asJson(asJson(asJson(asJson(definitions.EvaluateSpec).properties).metrics).items);
  const branches = Array.isArray(items.oneOf) ? items.oneOf : [];
  return branches.map((branch) => {
    const name =
      String(asJson(branch).$ref ?? "")
        .split("/")
        .at(-1) ?? "";
    const found = asJson(definitions[name]);
    const kind = asJson(asJson(found.properties).kind);
    return { kind: String(kind.const ?? kind.default ?? ""), description: String(found.description ?? "") };
  });
}
