// Development servers stand before a live server: whatever they are asked below /api, that one answers.

import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Plugin } from "vite";

/** Vite, Storybook and Vitest's browser hand `/api` on to `url` with `token`; bytes stream both ways, as uploads and live events need it. */
export function liveApi(url: string, token: string | undefined): Plugin {
  return {
    name: "live-api",
    configureServer: ({ middlewares }) => {
      middlewares.use((question, answer, next) => {
        if (question.url?.startsWith("/api/")) handOn(url, token, question, answer);
        else next();
      });
    },
  };
}

/** One request, with its own Host and Origin: the server checks that they belong together. */
function handOn(
  url: string,
  token: string | undefined,
  question: IncomingMessage,
  answer: ServerResponse,
): void {
  const headers = { ...question.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const options = { method: question.method ?? "GET", headers, agent: false };
  const asked = request(new URL(question.url ?? "/", url), options, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
    answer.flushHeaders();
    answered.pipe(answer);
    answered.on("error", () => answer.destroy());
  });
  asked.on("error", (error) => {
    if (answer.headersSent) answer.destroy();
    else
      answer.writeHead(502, { "content-type": "text/plain" }).end(`${url} does not answer: ${error.message}`);
  });
  // A page that goes away ends its stream; an upload that is cut ends here as it would at the server.
  answer.on("close", () => asked.destroy());
  question.on("error", () => asked.destroy());
  question.pipe(asked);
}
