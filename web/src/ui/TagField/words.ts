/** The list with the typed or pasted words after it: split at commas and line ends, trimmed, none twice. */
export function addWords(words: readonly string[], typed: string): string[] {
  const fresh = typed
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
  return [...new Set([...words, ...fresh])];
}
