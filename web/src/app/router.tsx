// Every address of the studio. What a page shows is in its address, so a link reproduces a view.

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { basePath } from "./address.ts";
import { type PageModule, patiently } from "./prepare.ts";
import { NotFound, PageError } from "./shell/Failures.tsx";
import { Shell } from "./shell/Shell.tsx";

/** What an address says after “?”: texts only; each page reads its own. */
export type Search = Record<string, string>;

function readSearch(raw: Record<string, unknown>): Search {
  const entries = Object.entries(raw).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: readSearch,
});

const page = <P extends string>(path: P, load: () => Promise<PageModule>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as never, "Page"),
    loader: ({ context, params, location, preload }) =>
      preload ? undefined : patiently(load, context.client, params as Search, location.search as Search),
  });

const routeTree = root.addChildren([
  page("/", () => import("./pages/home.tsx")),
  page("/data", () => import("./pages/data.tsx")),
  page("/data/$dataset", () => import("./pages/dataset.tsx")),
  page("/recipes", () => import("./pages/recipes.tsx")),
  page("/recipes/edit", () => import("./pages/recipe.tsx")),
  page("/runs", () => import("./pages/runs.tsx")),
  page("/runs/$run", () => import("./pages/run.tsx")),
  page("/compare", () => import("./pages/compare.tsx")),
  page("/evaluate", () => import("./pages/evaluations.tsx")),
  page("/evaluate/$evaluation", () => import("./pages/evaluation.tsx")),
  page("/generate", () => import("./pages/generate.tsx")),
  page("/export", () => import("./pages/exports.tsx")),
  page("/export/$export", () => import("./pages/export.tsx")),
  page("/compute", () => import("./pages/compute.tsx")),
  page("/help", () => import("./pages/help.tsx")),
]);

/** The router of the whole studio; stories bring a history of their own. */
export function createStudioRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    context: { client },
    ...(history ? { history } : { basepath: basePath() }),
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0, // a look at a link fetches the page's scripts; its data are asked for by the visit
    defaultErrorComponent: PageError,
    scrollRestoration: history === undefined,
    // Plain texts in the address: `?filter=state%3Drunning`, not JSON.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(readSearch(search)).toString();
      return text ? `?${text}` : "";
    },
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createStudioRouter>;
  }
}
