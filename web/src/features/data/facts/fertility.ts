// How well a tokenizer fits a text.

export interface Fertility {
  characters: number;
  tokens: number;
  /** Without markers. */
  perToken: number;
  perWord: number;
}

export function fertilityOf(text: string, tokens: readonly { special: boolean }[]): Fertility {
  const characters = [...text].length;
  const plain = tokens.filter(({ special }) => !special).length;
  const words = text.split(/\s+/).filter(Boolean).length;
  return {
    characters,
    tokens: tokens.length,
    perToken: plain > 0 ? characters / plain : 0,
    perWord: words > 0 ? plain / words : 0,
  };
}
