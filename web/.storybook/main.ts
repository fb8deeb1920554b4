import { defineMain } from "@storybook/react-vite/node";

export default defineMain({
  framework: "@storybook/react-vite",
  stories: ["../src/**/*.mdx", "../src/**/*.stories.tsx"],
  addons: [
    "@storybook/addon-docs",
    "@storybook/addon-a11y",
    "@storybook/addon-vitest",
    "msw-storybook-addon",
  ],
  staticDirs: ["./public", "../public"],
  // The workshop has another page than the studio: its HTML has no frame, and its modules travel as they come.
  viteFinal: (config) => ({
    ...config,
    plugins: (config.plugins ?? []).filter(
      (each) => !(each && typeof each === "object" && "name" in each && each.name === "first-paint"),
    ),
  }),
  core: { disableTelemetry: true, disableWhatsNewNotifications: true, enableCrashReports: false },
  // Reading the doc comments takes longer than all else in a build; only the docs' pages need them.
  typescript: { reactDocgen: process.env.VITEST ? false : "react-docgen" },
});
