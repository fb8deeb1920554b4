// Descriptions are written with `code` in back ticks and sometimes a second paragraph.

/** The first sentence or two, without the back ticks. */
export function plainHelp(help: string): string {
  return help
    .replaceAll("`", "")
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
}

export interface Piece {
  text: string;
  isCode: boolean;
}

/** The pieces of a description, code apart from prose. */
export function piecesOf(help: string): Piece[] {
  return help
    .replaceAll(/\s*\n\s*/g, " ")
    .split("`")
    .map((text, at) => ({ text, isCode: at % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
