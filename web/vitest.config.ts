import path from "node:path";
import { fileURLToPath } from "node:url";
import { storybookTest } from "@storybook/addon-vitest/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, mergeConfig } from "vitest/config";
import { CHROMIUM, FLAGS } from "./scripts/chromium.mjs";
import viteConfig from "./vite.config.ts";

const here = path.dirname(fileURLToPath(import.meta.url));

// Debian's Chromium, driven through Playwright; no browser is downloaded.
const chromium = playwright({
  launchOptions: { executablePath: CHROMIUM, args: FLAGS },
  // A story looks at what is there, never at something half faded in.
  contextOptions: { reducedMotion: "reduce" },
});

const PARTS =
  "Button Checkbox Collection ComboBox Dialog Disclosure GridList Group Header Heading Input Link ListBox Menu Modal Popover RadioGroup Select Switch Tabs ToggleButton ToggleButtonGroup Tooltip Tree useDragAndDrop".split(
    " ",
  );

// Every dependency of a story is bundled up front: a later discovery would reload the page in the middle of a run.
const bundled = [
  "react",
  "react-dom",
  "react-dom/client",
  "react/jsx-runtime",
  "react/jsx-dev-runtime",
  "react-aria-components",
  ...PARTS.map((part) => `react-aria-components/${part}`),
  "i18next",
  "lucide-react",
  "uplot",
  "openapi-fetch",
  "tus-js-client",
  "@tanstack/react-query",
  "@tanstack/react-router",
  "@tanstack/react-virtual",
  "axe-core",
  "msw",
  "msw/browser",
  "msw-storybook-addon",
  "storybook/test",
  "storybook/preview-api",
  "@storybook/react-vite",
  "@storybook/addon-a11y",
  "@storybook/addon-docs",
  "@storybook/addon-docs/blocks",
  "@storybook/addon-vitest",
];

// On a machine with other work a page may miss a moment; a second try tells that from a mistake, and the report says that there was one.
const RETRIES = process.env.CI ? 1 : 0;

export default mergeConfig(
  viteConfig,
  defineConfig({
    optimizeDeps: { include: bundled },
    test: {
      projects: [
        {
          extends: true,
          test: {
            name: "browser",
            environment: "node",
            include: ["e2e/**/*.test.ts"],
            retry: RETRIES,
            testTimeout: 480_000,
            hookTimeout: 360_000,
            fileParallelism: false,
          },
        },
        {
          extends: true,
          test: { name: "unit", environment: "node", include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"] },
        },
        {
          extends: true,
          plugins: [storybookTest({ configDir: path.join(here, ".storybook"), tags: { exclude: ["live"] } })],
          test: {
            name: "stories",
            // One page for all files: a fresh one costs more than most stories. Each story clears what it leaves behind.
            isolate: false,
            retry: RETRIES,
            testTimeout: 90_000,
            browser: {
              enabled: true,
              headless: true,
              provider: chromium,
              screenshotFailures: false,
              instances: [{ browser: "chromium" }],
              viewport: { width: 1280, height: 800 },
            },
          },
        },
        {
          extends: true,
          plugins: [storybookTest({ configDir: path.join(here, ".storybook"), tags: { include: ["live"] } })],
          test: {
            name: "flows",
            testTimeout: 600_000,
            browser: {
              enabled: true,
              headless: true,
              provider: chromium,
              screenshotFailures: false,
              instances: [{ browser: "chromium" }],
              viewport: { width: 1280, height: 800 },
            },
          },
        },
      ],
    },
  }),
);
