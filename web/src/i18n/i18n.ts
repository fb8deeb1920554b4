// Languages. The English sentence itself is the key, so a page reads as it looks; a language is one JSON file of sentences.

import type { TFunction } from "i18next";
import { Children, cloneElement, isValidElement, type ReactNode } from "react";
import { english, type Values } from "./english.ts";

export const LANGUAGES = ["en", "pseudo"] as const;
export type Language = (typeof LANGUAGES)[number];

let translate = english;
const plain = new Map<string, string>();

/** Call before the first render. English is there at once; the library of any other language is loaded. */
export async function startI18n(language: string): Promise<void> {
  if (language !== "en") translate = await (await import("./translated.ts")).translatorOf(language);
  plain.clear();
}

/** A sentence without values is looked up once: a page asks for hundreds, each time it is drawn. */
const tellOnce = ((key: string, values?: Values) => {
  if (values !== undefined) return translate(key, values);
  let text = plain.get(key);
  if (text === undefined) {
    text = translate(key);
    plain.set(key, text);
  }
  return text;
}) as TFunction;

const SPEAKER = { t: tellOnce };

/** The words of a part. They stay for as long as the page lives: another language is another page. */
export const useTranslation = (): typeof SPEAKER => SPEAKER;

interface TransProps {
  /** `data <1>{{name}}</1>`: between the tags stand the words of the first element among the children. */
  i18nKey: string;
  values?: Values;
  /** The sentence as it looks in English. */
  children: ReactNode;
}

/** A sentence with elements in it, wherever a language puts them. */
export function Trans({ i18nKey, values, children }: TransProps): ReactNode {
  const elements = Children.toArray(children).filter((each) => isValidElement(each));
  // Text, number and words of an element, text, and so on.
  const pieces = translate(i18nKey, values).split(/<(\d)>(.*?)<\/\1>/);
  return pieces.map((piece, at) => {
    if (at % 3 === 0) return piece;
    const element = at % 3 === 1 ? elements[Number(piece) - 1] : undefined;
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place in the sentence
    return element ? cloneElement(element, { key: at }, pieces[at + 1]) : null;
  });
}
