// Any language but English, by i18next. Loaded only where one is chosen.

import i18next from "i18next";
import { tell, type Values } from "./english.ts";

const ACCENTS: Record<string, string> = { a: "á", e: "é", i: "í", o: "ó", u: "ú", A: "Á", E: "É", O: "Ó" };

/** Every sentence accented and a third longer: what is not translatable, or breaks when it grows, shows at once. */
export function pseudo(text: string): string {
  const accented = text.replace(/[aeiouAEO]/g, (letter) => ACCENTS[letter] ?? letter);
  return `[${accented}${"·".repeat(Math.ceil(text.length / 3))}]`;
}

i18next.use({ type: "formatter", init: () => {}, add: () => {}, addCached: () => {}, format: tell });
i18next.use({ type: "postProcessor", name: "pseudo", process: (value: string) => pseudo(value) });

/** How this language tells a sentence of the code. English plural forms are the only English entries that are needed. */
export async function translatorOf(language: string): Promise<(key: string, values?: Values) => string> {
  await i18next.init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: {} } },
    keySeparator: false,
    nsSeparator: false,
    returnEmptyString: false,
    interpolation: { escapeValue: false, alwaysFormat: true },
    postProcess: language === "pseudo" ? ["pseudo"] : [],
  });
  return (key, values) => String(i18next.t(key, values as never));
}
