// Answers that the HTML asked for before any script of the studio ran (`app/early.js`): each is taken once, while it is new.

/** Longer than this an answer may be about another state of the server. */
const NEW_MS = 5_000;

interface Early {
  at: number;
  answers: Map<string, Promise<Response>>;
  stream?: { source: EventSource; said: string[]; keep: (message: MessageEvent<string>) => void } | undefined;
}

declare global {
  var tokenloomEarly: Early | undefined;
}

/** The answer that is on its way already, or a new question. */
export async function fetchOnce(request: Request): Promise<Response> {
  const early = globalThis.tokenloomEarly;
  const known = request.method === "GET" ? early?.answers.get(request.url) : undefined;
  if (!known || !early) return fetch(request);
  early.answers.delete(request.url);
  if (performance.now() - early.at > NEW_MS) return fetch(request);
  return known.catch(() => fetch(request));
}

/** The stream that was opened already, with the news of the workspace that it brought, or a new one. */
export function streamOnce(url: string): { source: EventSource; said: readonly string[] } {
  const stream = globalThis.tokenloomEarly?.stream;
  if (!stream) return { source: new EventSource(url), said: [] };
  globalThis.tokenloomEarly = { ...(globalThis.tokenloomEarly as Early), stream: undefined };
  const { source, said, keep } = stream;
  source.removeEventListener("workspace", keep);
  if (source.url === url && source.readyState !== EventSource.CLOSED) return { source, said };
  source.close();
  return { source: new EventSource(url), said: [] };
}
