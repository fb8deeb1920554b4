// The typed client: every path, parameter and answer comes from the server's own OpenAPI document.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.gen.ts";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type Api = Client<paths>;

export interface ApiOptions {
  /** Where the server is; empty means the page's own `<base href>`. */
  baseUrl?: string;
  /** For programs. A page of the studio has its cookie. */
  token?: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** A refusal of the server: what happened, why, and what to do next. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
    this.problem = problem;
  }

  /** The message for one field of a form, by its dotted name. */
  forField(field: string): string | undefined {
    const found = this.problem.errors?.find((each) => each.field === field);
    return found ? `${found.message}. ${found.fix}` : undefined;
  }
}

export function createApi(options: ApiOptions = {}): Api {
  const client = createClient<paths>({
    baseUrl: options.baseUrl ?? "",
    credentials: "same-origin",
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(options.token ? { headers: { Authorization: `Bearer ${options.token}` } } : {}),
  });
  client.use({
    async onResponse({ response }) {
      if (!response.ok) {
        throw new ApiError(await problemOf(response));
      }
    },
    onError({ error }) {
      return error instanceof ApiError ? error : new ApiError(unreachable(String(error)));
    },
  });
  return client;
}

/** The data of an answer that was not refused: `const run = await data(api.GET("/api/runs/{id}", …))`. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data: found } = await answer;
  if (found === undefined) {
    throw new ApiError(unreachable("The answer was empty."));
  }
  return found;
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    return (await response.json()) as Problem;
  }
  return {
    ...unreachable(`The server answered ${response.status} ${response.statusText}.`),
    status: response.status,
  };
}

function unreachable(detail: string): Problem {
  return {
    type: "about:blank",
    title: "No answer",
    status: 0,
    detail,
    code: "unreachable",
    hint: "Check that the server still runs, then try again.",
    errors: [],
    details: {},
    request_id: "",
  };
}
