/** A character that takes several tokens comes with each of them; only the first one shows it, so that the string is exact. */
export function exactPieces<T extends { text: string; start: number; end: number; special: boolean }>(
  tokens: readonly T[],
): T[] {
  return tokens.map((token, place) => {
    const before = tokens[place - 1];
    const isRest =
      before !== undefined && !token.special && before.start === token.start && before.end === token.end;
    return isRest ? { ...token, text: "" } : token;
  });
}
