// What this browser remembers about looks: theme and language. Nothing else of the product is kept only here.

import { LANGUAGES } from "../i18n/i18n.ts";

export type ThemeChoice = "system" | "light" | "dark";

const THEME = "tokenloom.theme";
const LANGUAGE = "tokenloom.language";

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // the choice holds for this page only
  }
}

export function storedLanguage(): string {
  const asked = new URLSearchParams(location.search).get("language") ?? read(LANGUAGE);
  return (LANGUAGES as readonly string[]).includes(asked ?? "") ? (asked as string) : "en";
}

export function storedTheme(): ThemeChoice {
  const stored = read(THEME);
  return stored === "light" || stored === "dark" ? stored : "system";
}

/** The theme that is shown for a choice. */
export function shownTheme(choice: ThemeChoice): "light" | "dark" {
  if (choice !== "system") return choice;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function chooseTheme(choice: ThemeChoice): void {
  write(THEME, choice === "system" ? null : choice);
  document.documentElement.dataset.theme = shownTheme(choice);
}

/** The system's theme is followed while the page is open, where nobody chose one. */
export function followSystem(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.documentElement.dataset.theme = shownTheme(storedTheme());
  });
}

/** Remember a language and begin anew in it: every sentence changes. */
export function chooseLanguage(language: string): void {
  write(LANGUAGE, language);
  location.reload();
}
