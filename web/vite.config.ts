import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { early, firstPaint } from "./scripts/firstPaint.ts";
import { liveApi } from "./scripts/liveApi.ts";

const server = process.env.TOKENLOOM_URL ?? "http://127.0.0.1:7860";
const token = process.env.TOKENLOOM_TOKEN;

/** The server writes `<base href>` into every page; while developing there is none, so this does. */
const baseHref: Plugin = {
  name: "base-href",
  apply: "serve",
  transformIndexHtml: (html) => html.replace("<head>", '<head><base href="/">'),
};

// `base: "./"` with the server's `<base href>` makes one build work below any prefix and any deep link.
export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss(), baseHref, early(), firstPaint(), liveApi(server, token)],
  resolve: {
    // React has had it since 18: what libraries bring for earlier ones stays out.
    alias: [
      { find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: "react" },
      {
        find: /^use-sync-external-store\/shim\/with-selector(\.js)?$/,
        replacement: "use-sync-external-store/with-selector",
      },
    ],
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false }, // every browser that reads es2022 preloads modules by itself, or does without
  },
  server: {
    host: "127.0.0.1",
    fs: { allow: [".."] },
  },
});
