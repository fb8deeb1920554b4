import { createElement, isValidElement, type ReactElement, type ReactNode } from "react";
import { expect, test } from "vitest";
import { english } from "./english.ts";
import { startI18n, Trans, useTranslation } from "./i18n.ts";
import { translatorOf } from "./translated.ts";

// biome-ignore lint/correctness/useHookAtTopLevel: it is the same for the whole page
const { t } = useTranslation();

test("whole numbers in a sentence are told with thousands", () => {
  expect(t("{{count}} steps", { count: 1700 })).toBe("1,700 steps");
  expect(t("{{count}} files", { count: 1, defaultValue_one: "{{count}} file" })).toBe("1 file");
  expect(t("{{count}} rows", { count: 1_234_567, defaultValue_one: "{{count}} row" })).toBe("1,234,567 rows");
  expect(t("step {{step}} of {{total}}", { step: 12_000, total: "12,000" })).toBe("step 12,000 of 12,000");
});

test("other values stay as they came", () => {
  expect(t("at {{rate}} for {{name}}", { rate: 0.00012, name: "1700" })).toBe("at 0.00012 for 1700");
  expect(t("named {{name}}", { name: "{{count}} $t(steps) <b>" })).toBe("named {{count}} $t(steps) <b>");
});

test("English without the library says what the library says", async () => {
  const library = await translatorOf("en");
  const one = { defaultValue_one: "One run of {{name}}" };
  const said: [string, Record<string, unknown>?][] = [
    ["Read: it, all of it. Is it?"],
    ["{{count}} runs of {{name}}", { count: 0, name: "a", ...one }],
    ["{{count}} runs of {{name}}", { count: 1, name: "a", ...one }],
    ["{{count}} runs of {{name}}", { count: 1, name: "a" }],
    ["{{count}} runs of {{name}}", { count: 1.5, name: "a", ...one }],
    ["{{count}} runs of {{name}}", { count: "1", name: "a", ...one }],
    ["{{a}}, {{b}}, {{c}}, {{d}}", { a: -12_345, b: 0.5, c: "1234", d: true }],
    ["{{name}} & {{name}}", { name: "<b>'\"</b> {{count}}" }],
    ["{{gone}} is left out", { gone: null }],
    ["{{gone}} is left out", { gone: undefined }],
  ];
  for (const [key, values] of said) expect(english(key, values), key).toBe(library(key, values));
});

test("a sentence has its elements where the language puts them", () => {
  const link = createElement("a", { href: "/data" }, "questions");
  const told = Trans({
    i18nKey: "from <1>{{name}}</1>, again",
    values: { name: "faq" },
    children: ["from", " ", link, ", again"],
  }) as ReactNode[];
  const [before, element, , after] = told as [
    string,
    ReactElement<{ href: string; children: string }>,
    null,
    string,
  ];
  expect([before, after]).toEqual(["from ", ", again"]);
  expect(isValidElement(element) && element.props).toEqual({ href: "/data", children: "faq" });
});

test("another language is told by the library", async () => {
  await startI18n("pseudo");
  expect(t("Compare")).toBe("[Cómpáré···]");
  expect(t("{{count}} runs", { count: 1, defaultValue_one: "One run" })).toMatch(/^\[Ó/);
  await startI18n("en");
  expect(t("Compare")).toBe("[Cómpáré···]"); // another language is another page
});
