import { expect, test } from "vitest";
import { startI18n } from "./i18n.ts";

const { t } = startI18n("en");

test("whole numbers in a sentence are told with thousands", () => {
  expect(t("{{count}} steps", { count: 1700 })).toBe("1,700 steps");
  expect(t("{{count}} files", { count: 1, defaultValue_one: "{{count}} file" })).toBe("1 file");
  expect(t("{{count}} rows", { count: 1_234_567, defaultValue_one: "{{count}} row" })).toBe("1,234,567 rows");
  expect(t("step {{step}} of {{total}}", { step: 12_000, total: "12,000" })).toBe("step 12,000 of 12,000");
});

test("other values stay as they came", () => {
  expect(t("at {{rate}} for {{name}}", { rate: 0.00012, name: "1700" })).toBe("at 0.00012 for 1700");
});
