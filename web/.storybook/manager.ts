import { addons } from "storybook/manager-api";
import { create } from "storybook/theming";

const isDark = globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ?? false;

// The workshop wears the product's own linen and indigo. Values are those of src/ui/tokens.css: the manager cannot read it.
const shared = {
  brandTitle: "Tokenloom workshop",
  brandUrl: "./",
  fontBase: '"Inter Variable", Inter, system-ui, sans-serif',
  fontCode: '"JetBrains Mono Variable", "JetBrains Mono", monospace',
  appBorderRadius: 10,
  inputBorderRadius: 6,
};

const light = create({
  base: "light",
  ...shared,
  colorPrimary: "#3351A4",
  colorSecondary: "#3351A4",
  appBg: "#F3F0EA",
  appContentBg: "#FEFDFA",
  appPreviewBg: "#FEFDFA",
  appBorderColor: "#E3DED4",
  textColor: "#211E19",
  textInverseColor: "#FFFFFF",
  textMutedColor: "#665F54",
  barBg: "#FEFDFA",
  barTextColor: "#665F54",
  barSelectedColor: "#3351A4",
  inputBg: "#FFFFFF",
  inputBorder: "#8B8578",
  inputTextColor: "#211E19",
});

const dark = create({
  base: "dark",
  ...shared,
  colorPrimary: "#A5BCF8",
  colorSecondary: "#466AC7",
  appBg: "#151310",
  appContentBg: "#1C1916",
  appPreviewBg: "#1C1916",
  appBorderColor: "#302C26",
  textColor: "#EDE8DE",
  textInverseColor: "#10193A",
  textMutedColor: "#A39B8D",
  barBg: "#1C1916",
  barTextColor: "#A39B8D",
  barSelectedColor: "#A5BCF8",
  inputBg: "#292520",
  inputBorder: "#7A7367",
  inputTextColor: "#EDE8DE",
});

addons.setConfig({ theme: isDark ? dark : light });
