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

/** A list of messages, OpenAI's or ShareGPT's; empty where the cell is no such list. */
export function messagesIn(cell: unknown): Message[] {
  if (!Array.isArray(cell)) return [];
  return cell.flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null) return [];
    const message = each as Record<string, unknown>;
    return [{ role: asText(message.role ?? message.from), text: asText(message.content ?? message.value) }];
  });
}

/** An answer of a pair: its last messages where it is a whole conversation. */
function answerOf(cell: unknown, role: string): Message[] {
  const messages = messagesIn(cell);
  return messages.length > 0
    ? messages.map((each) => (each.role === "assistant" || each.role === "gpt" ? { ...each, role } : each))
    : [{ role, text: asText(cell) }];
}

/** The row as a conversation, where its mapping makes one; empty for plain text. */
export function messagesOf(row: Record<string, unknown>, mapping: Record<string, unknown>): Message[] {
  const column = (field: string) => (typeof mapping[field] === "string" ? row[mapping[field]] : undefined);
  if (mapping.kind === "chat") return messagesIn(column("messages"));
  const system = asText(column("system"));
  const prompt = [asText(column("prompt")), asText(column("context"))].filter(Boolean).join("\n");
  const asked = [
    ...(system ? [{ role: "system", text: system }] : []),
    ...(prompt || mapping.kind === "prompt" ? [{ role: "user", text: prompt }] : []),
  ];
  if (mapping.kind === "prompt") return [...asked, { role: "assistant", text: asText(column("completion")) }];
  if (mapping.kind === "feedback") {
    const verdict = asText(column("verdict"));
    return [...asked, { role: `assistant, ${verdict}`, text: asText(column("completion")) }];
  }
  if (mapping.kind !== "preference") return [];
  return [...asked, ...answerOf(column("chosen"), "chosen"), ...answerOf(column("rejected"), "rejected")];
}

/** All fields of a row, without the two that the importer adds. */
export const fieldsOfRow = (row: Record<string, unknown>): [string, string][] =>
  Object.entries(row)
    .filter(([name]) => name !== "_row" && name !== "_split")
    .map(([name, value]) => [
      name,
      typeof value === "object" && value !== null ? JSON.stringify(value, null, 1) : asText(value),
    ]);
