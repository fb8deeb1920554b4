// Languages. The English sentence itself is the key, so a page reads as it looks; a language is one JSON file of sentences.

import i18next, { type TFunction } from "i18next";
import { initReactI18next } from "react-i18next";

export { Trans } from "react-i18next";

export const LANGUAGES = ["en", "pseudo"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Start once, before the first render. English plural forms are the only English entries that are needed. */
export function startI18n(language: string): typeof i18next {
  plain.clear();
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: {} } },
    keySeparator: false,
    nsSeparator: false,
    returnEmptyString: false,
    // A whole number in a sentence is told with thousands, 1,700 steps; what should look otherwise comes as text.
    interpolation: { escapeValue: false, alwaysFormat: true },
    postProcess: language === "pseudo" ? ["pseudo"] : [],
  });
  return i18next;
}

const translate = (key: string, values?: Record<string, unknown>): string =>
  String(i18next.t(key, values as never));
const plain = new Map<string, string>();

/** A sentence without values is looked up once: a page asks for hundreds, each time it is drawn. */
const tellOnce = ((key: string, values?: Record<string, unknown>) => {
  if (values !== undefined || !i18next.isInitialized) return translate(key, values);
  let text = plain.get(key);
  if (text === undefined) {
    text = translate(key);
    plain.set(key, text);
  }
  return text;
}) as TFunction;

const SPEAKER = { t: tellOnce, i18n: i18next };

/** The words of a part. They stay for as long as the page lives: another language is another page. */
export const useTranslation = (): typeof SPEAKER => SPEAKER;

const COUNT = new Intl.NumberFormat("en");

function tell(value: unknown): string {
  return Number.isInteger(value) ? COUNT.format(value as number) : (value as string);
}

const ACCENTS: Record<string, string> = { a: "á", e: "é", i: "í", o: "ó", u: "ú", A: "Á", E: "É", O: "Ó" };

/** Every sentence accented and a third longer: what is not translatable, or breaks when it grows, shows at once. */
export function pseudo(text: string): string {
  const accented = text.replace(/[aeiouAEO]/g, (letter) => ACCENTS[letter] ?? letter);
  return `[${accented}${"·".repeat(Math.ceil(text.length / 3))}]`;
}

i18next.use({ type: "formatter", init: () => {}, add: () => {}, addCached: () => {}, format: tell });
i18next.use({ type: "postProcessor", name: "pseudo", process: (value: string) => pseudo(value) });
