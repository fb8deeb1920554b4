// One row as a person reads it: its messages, and a cell in one line.

export interface Message {
  role: string;
  text: string;
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);

/** A cell in one line, at most `length` characters. */
export function cellText(value: unknown, length = 160): string {
  const text = asText(value).replace(/\s+/g, " ").trim();
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** The row as a conversation, where its mapping makes one; empty for plain text. */
export function messagesOf(row: Record<string, unknown>, mapping: Record<string, unknown>): Message[] {
  const column = (field: string) => (typeof mapping[field] === "string" ? row[mapping[field]] : undefined);
  if (mapping.kind === "chat") {
    const list = column("messages");
    if (!Array.isArray(list)) return [];
    return list.flatMap((each: unknown) => {
      if (typeof each !== "object" || each === null) return [];
      const message = each as Record<string, unknown>;
      return [
        {
          role: asText(message.role ?? message.from),
          text: asText(message.content ?? message.value),
        },
      ];
    });
  }
  if (mapping.kind !== "prompt") return [];
  const system = asText(column("system"));
  const prompt = [asText(column("prompt")), asText(column("context"))].filter(Boolean).join("\n");
  return [
    ...(system ? [{ role: "system", text: system }] : []),
    { role: "user", text: prompt },
    { role: "assistant", text: asText(column("completion")) },
  ];
}

/** All fields of a row, without the two that the importer adds. */
export const fieldsOfRow = (row: Record<string, unknown>): [string, string][] =>
  Object.entries(row)
    .filter(([name]) => name !== "_row" && name !== "_split")
    .map(([name, value]) => [
      name,
      typeof value === "object" && value !== null ? JSON.stringify(value, null, 1) : asText(value),
    ]);
