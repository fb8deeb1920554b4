import addonA11y from "@storybook/addon-a11y";
import addonDocs from "@storybook/addon-docs";
import addonVitest from "@storybook/addon-vitest";
import { definePreview } from "@storybook/react-vite";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setupWorker } from "msw/browser";
import addonMsw from "msw-storybook-addon";
import { useMemo } from "react";
import { configure } from "storybook/test";
import "../src/ui/styles.css";

// How long a story waits for what has to come, on a machine that does other things beside.
configure({ asyncUtilTimeout: 10_000 });

export default definePreview({
  addons: [
    addonDocs(),
    addonA11y(),
    addonVitest(),
    addonMsw(async () => {
      const worker = setupWorker();
      await worker.start({
        quiet: true,
        onUnhandledRequest: "bypass",
        serviceWorker: { url: "./mockServiceWorker.js" },
      });
      return worker;
    }),
  ],
  globalTypes: {
    theme: {
      description: "Colour theme",
      toolbar: { icon: "mirror", items: ["light", "dark"], dynamicTitle: true },
    },
  },
  initialGlobals: { theme: "light" },
  parameters: {
    a11y: {
      test: "error",
      options: {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        resultTypes: ["violations", "incomplete"],
      },
    },
    layout: "padded",
    options: {
      storySort: {
        order: ["Start", "Foundations", "Parts", "Charts", "Forms", "Features", "Pages", "Flows"],
      },
    },
  },
  tags: ["autodocs"],
  // Stories share one page: what the studio remembers is forgotten before each.
  beforeEach: () => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith("tokenloom")) localStorage.removeItem(key);
  },
  decorators: [
    (Story, { globals }) => {
      document.documentElement.dataset.theme = String(globals.theme);
      const client = useMemo(
        () =>
          new QueryClient({
            defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
          }),
        [],
      );
      return (
        <QueryClientProvider client={client}>
          <Story />
        </QueryClientProvider>
      );
    },
  ],
});
