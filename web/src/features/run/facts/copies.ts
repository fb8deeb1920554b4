// The same run without the studio: as a recipe, on the command line, and in Python.

const PLAIN = /^[A-Za-z_][\w ./@-]*$/;
const WORDS = /^(true|false|null|yes|no|on|off|y|n|nan|inf|~)$/i;

function scalar(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value ?? null);
  return PLAIN.test(value) && !WORDS.test(value) && value === value.trim() ? value : JSON.stringify(value);
}

/** A recipe as YAML. */
export function toYaml(value: unknown, indent = ""): string {
  if (Array.isArray(value)) return value.map((each) => `${indent}- ${JSON.stringify(each)}\n`).join("");
  return Object.entries((value ?? {}) as Record<string, unknown>)
    .map(([key, each]) => {
      const name = `${indent}${scalar(key)}:`;
      const isNested = typeof each === "object" && each !== null;
      if (!isNested) return `${name} ${scalar(each)}\n`;
      if (Object.keys(each).length === 0) return `${name} ${Array.isArray(each) ? "[]" : "{}"}\n`;
      return `${name}\n${toYaml(each, `${indent}  `)}`;
    })
    .join("");
}

/** As a Python literal. */
export function toPython(value: unknown, indent = ""): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((each) => toPython(each, inner)).join(", ")}]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, each]) => `${inner}${JSON.stringify(key)}: ${toPython(each, inner)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** One paste into a terminal starts the same run. */
export function asCli(spec: Record<string, unknown>): string {
  const model = String((spec.model as { source?: string } | undefined)?.source ?? "");
  if (spec.task === "export") return `tokenloom export ${quoted(model)} --out ./export\n`;
  if (spec.task === "generate") {
    return `tokenloom generate ${quoted(model)} --prompt ${quoted(String(spec.prompt ?? ""))}\n`;
  }
  return `cat > recipe.yaml <<'END'\n${toYaml(spec)}END\ntokenloom train recipe.yaml\n`;
}

export function asPython(spec: Record<string, unknown>): string {
  return `import tokenloom\n\nresult = tokenloom.train(${toPython(spec)})\nprint(result)\n`;
}
