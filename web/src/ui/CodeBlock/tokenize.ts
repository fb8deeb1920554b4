// Just enough of a grammar to tell keys, values and comments apart. What it does not know stays plain.

export type CodeLanguage = "yaml" | "shell" | "python" | "json" | "text";
/** key or keyword, comment, value. */
export type CodeKind = "k" | "c" | "v" | "";
export interface CodePiece {
  kind: CodeKind;
  text: string;
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/.source;
const NUMBER = /(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/.source;
const COMMENT = /(?:^|(?<=\s))#.*/.source;

function grammar(key: string, comment: string, word: string): RegExp {
  return new RegExp(`(?<k>${key})|(?<c>${comment})|(?<v>${STRING}|${NUMBER}|${word})`, "g");
}

const GRAMMARS: Record<Exclude<CodeLanguage, "text">, RegExp> = {
  yaml: grammar(
    /(?<=^\s*(?:- )?)[\w.-]+(?=:(?:\s|$))/.source,
    COMMENT,
    /(?<=[:,[]\s*)\b(?:true|false|null)\b/.source,
  ),
  json: grammar(/"(?:[^"\\]|\\.)*"(?=\s*:)/.source, /$^/.source, /\b(?:true|false|null)\b/.source),
  shell: grammar(/(?<=^\s*(?:\$ )?)[\w./-]+|(?<=\s)--?[\w-]+/.source, COMMENT, /\$\w+/.source),
  python: grammar(
    /\b(?:import|from|as|def|class|return|with|for|in|if|elif|else|while|async|await|not|and|or|lambda|yield|try|except|raise)\b/
      .source,
    COMMENT,
    /\b(?:True|False|None)\b/.source,
  ),
};

/** The pieces of one line, in order; joined they are the line again. */
export function tokenize(line: string, language: CodeLanguage): CodePiece[] {
  if (language === "text") return [{ kind: "", text: line }];
  const pieces: CodePiece[] = [];
  let at = 0;
  for (const match of line.matchAll(GRAMMARS[language])) {
    if (match[0] === "") continue;
    if (match.index > at) pieces.push({ kind: "", text: line.slice(at, match.index) });
    const kind = match.groups?.k ? "k" : match.groups?.c ? "c" : "v";
    pieces.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < line.length) pieces.push({ kind: "", text: line.slice(at) });
  return pieces;
}
