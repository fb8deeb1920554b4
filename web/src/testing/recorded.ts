// A real tiny training as the API told it (`make fixtures`), answered again by the mock service worker: the stories of pages show
// what a person would see, and any page that asks for something new gets an honest 404.

import { HttpResponse, http } from "msw";

const files = import.meta.glob<{ default: unknown }>("./recorded/*.json", { eager: true });

/** One recorded answer by its file's name. */
export function recorded<T>(name: string): T {
  const found = files[`./recorded/${name}.json`];
  if (!found) throw new Error(`nothing is recorded as ${name}`);
  return found.default as T;
}

export const ids = recorded<Record<string, string>>("ids");
const TRAINING: Record<string, string> = {
  [ids.base ?? ""]: "base",
  [ids["base, slower"] ?? ""]: "slower",
  [ids.answers ?? ""]: "answers",
};

interface Series {
  curves: { run: string; key: string }[];
}

function seriesOf(url: URL): unknown {
  const asked = (name: string) => url.searchParams.getAll(name).flatMap((each) => each.split(","));
  const [runs, keys] = [asked("runs"), asked("keys")];
  const one = TRAINING[runs[0] ?? ""];
  const source = recorded<Series>(runs.length > 1 ? "series-train" : `${one}-series`);
  return {
    ...source,
    curves: source.curves.filter((curve) => runs.includes(curve.run) && keys.includes(curve.key)),
  };
}

function eventsOf(name: string, url: URL): unknown {
  const types = url.searchParams.getAll("type");
  const page = recorded<{ items: { event: { type: string } }[] }>(`${name}-events`);
  return {
    ...page,
    items: page.items.filter((item) => types.length === 0 || types.includes(item.event.type)),
  };
}

function stream(): Response {
  const text = `retry: 86400000\n\nevent: workspace\ndata: ${JSON.stringify(recorded("stream"))}\n\nevent: here\nid: \ndata: {}\n\n`;
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

const problem = (detail: string, status = 404) =>
  HttpResponse.json(
    {
      type: "about:blank",
      title: "Not recorded",
      status,
      detail,
      code: "not_found",
      hint: "Record it with make fixtures.",
      errors: [],
      details: {},
      request_id: "",
    },
    { status, headers: { "content-type": "application/problem+json" } },
  );

const GETS: [RegExp, (match: RegExpExecArray, url: URL) => unknown][] = [
  [/^runs$/, () => recorded("runs")],
  [/^runs\/names$/, () => recorded("names")],
  [/^runs\/([^/]+)\/events$/, ([, id], url) => eventsOf(TRAINING[id ?? ""] ?? "base", url)],
  [
    /^runs\/([^/]+)\/(spec|summary|flow|profile|logs|commands)$/,
    ([, id, what]) => recorded(`${TRAINING[id ?? ""]}-${what}`),
  ],
  [
    /^runs\/([^/]+)$/,
    ([, id]) => recorded<{ items: { id: string }[] }>("runs").items.find((run) => run.id === id),
  ],
  [/^series$/, (_, url) => seriesOf(url)],
  [/^checkpoints$/, (_, url) => recorded(`${TRAINING[url.searchParams.get("run") ?? ""]}-checkpoints`)],
  [/^datasets\/[^/]+\/(rows|report|quarantine|stats|rendered)$/, ([, what]) => recorded(what ?? "")],
  [/^datasets\/[^/]+$/, () => recorded("dataset")],
  [/^evaluations\/([^/]+)\/rows$/, ([, id]) => recorded(id === ids.after ? "after-rows" : "before-rows")],
  [/^evaluations\/([^/]+)$/, ([, id]) => recorded(id === ids.after ? "after" : "before")],
  [/^exports\/[^/]+$/, () => recorded("export")],
  [/^recipes\/.+$/, () => recorded("preset")],
  [/^recipes$/, () => recorded("presets")],
  [/^schema\/recipe$/, () => recorded("schema")],
  [
    /^(datasets|tokenizers|models|evaluations|exports|machine|cost|plans)$/,
    ([, what]) => recorded(what ?? ""),
  ],
];

/** Handlers for everything that pages read. What pages write is for each story to say. */
export const recordedHandlers = [
  http.get("*/api/stream", stream),
  http.get("*/api/*", ({ request }) => {
    const url = new URL(request.url);
    const path = url.pathname.split("/api/")[1] ?? "";
    for (const [pattern, answer] of GETS) {
      const match = pattern.exec(path);
      if (!match) continue;
      try {
        const found = answer(match, url);
        if (found !== undefined) return HttpResponse.json(found as never);
      } catch {
        break;
      }
    }
    return problem(`${path} is not recorded.`);
  }),
  http.post("*/api/recipes/resolve", async ({ request }) => {
    const { spec } = (await request.json()) as { spec?: Record<string, unknown> };
    return HttpResponse.json({ valid: true, spec: spec ?? {}, yaml: "", message: "", hint: "", errors: [] });
  }),
  http.post("*/api/recipes/schedule", () => problem("A schedule is not recorded.")),
  http.post("*/api/estimate", () => problem("An estimate is not recorded.")),
];
