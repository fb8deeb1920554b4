import assert from "node:assert/strict";
import { test } from "vitest";
import { ApiError, createApi, data } from "./client.ts";

const problem = {
  type: "about:blank",
  title: "Unprocessable Entity",
  status: 422,
  detail: "loop.max_step: there is no such setting here",
  code: "spec",
  hint: "Did you mean loop.max_steps?",
  errors: [
    { field: "loop.max_step", message: "there is no such setting here", fix: "Did you mean loop.max_steps?" },
  ],
  details: {},
  request_id: "1m7y78k73cwxdr5k",
};

function answering(status: number, body: unknown, type = "application/json") {
  const requests: Request[] = [];
  const api = createApi({
    baseUrl: "http://127.0.0.1:7860",
    token: "secret",
    fetch: async (request) => {
      requests.push(request);
      return new Response(JSON.stringify(body), { status, headers: { "content-type": type } });
    },
  });
  return { api, requests };
}

test("an answer is typed data, and the token travels as a bearer", async () => {
  const { api, requests } = answering(200, { items: [], next_cursor: "", total: 0 });
  const page = await data(
    api.GET("/api/runs", { params: { query: { filter: "state=running", limit: 10 } } }),
  );
  assert.deepEqual(page.items, []);
  assert.equal(requests[0]?.url, "http://127.0.0.1:7860/api/runs?filter=state%3Drunning&limit=10");
  assert.equal(requests[0]?.headers.get("authorization"), "Bearer secret");
});

test("a refusal is an error with the server's words, field by field", async () => {
  const { api } = answering(422, problem, "application/problem+json");
  await assert.rejects(data(api.GET("/api/recipes")), (error) => {
    assert(error instanceof ApiError);
    assert.equal(error.problem.hint, "Did you mean loop.max_steps?");
    assert.match(error.forField("loop.max_step") ?? "", /max_steps/);
    assert.equal(error.forField("other"), undefined);
    return true;
  });
});

test("an answer of something else than our server is an error, too", async () => {
  const { api } = answering(502, { message: "bad gateway" });
  await assert.rejects(data(api.GET("/api/recipes")), (error) => {
    assert(error instanceof ApiError);
    assert.equal(error.problem.status, 502);
    return true;
  });
});
