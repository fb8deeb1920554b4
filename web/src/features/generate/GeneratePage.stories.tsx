import { HttpResponse, http } from "msw";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { fakeModel } from "../../testing/run.ts";
import { GeneratePage } from "./GeneratePage.tsx";

const frame = (event: Record<string, unknown>) => `event: event\ndata: ${JSON.stringify(event)}\n\n`;
const answer = [
  { type: "state", state: "queued" },
  { type: "state", state: "running" },
  { type: "text", text: "There was " },
  { type: "text", text: "a loom." },
  { type: "result", result: { tokens: 5, tokens_per_second: 50 } },
  { type: "state", state: "completed" },
]
  .map(frame)
  .join("");

const meta = preview.meta({
  title: "Pages/Generate",
  component: GeneratePage,
  args: { search: {} as Record<string, string>, onSearch: fn() },
  parameters: { layout: "fullscreen" },
  beforeEach: ({ msw }) => {
    localStorage.removeItem("tokenloom.generate.draft");
    localStorage.removeItem("tokenloom.generate.history");
    msw.use(
      http.get("*/api/models", () => HttpResponse.json({ items: [fakeModel()], next_cursor: "", total: 1 })),
      http.post(
        "*/api/generate",
        () =>
          new HttpResponse(answer, {
            headers: { "content-type": "text/event-stream", location: "/api/runs/1m8gen" },
          }),
      ),
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await waitFor(() =>
      expect(canvas.getByRole("combobox", { name: "Model" })).toHaveValue("linen-07, step 800"),
    );
    await userEvent.type(canvas.getByRole("textbox", { name: "Message" }), "Once upon a time");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await expect(await canvas.findByText("There was a loom.", { selector: "p[aria-live]" })).toBeVisible();
    await expect(await canvas.findByText("5 tokens")).toBeVisible();
    await expect(await canvas.findByRole("button", { name: "Again" })).toBeVisible();
  },
});

export const Refused = meta.story({
  beforeEach: ({ msw }) => {
    msw.use(
      http.post("*/api/generate", () =>
        HttpResponse.json(
          { detail: "There is no model “x”.", hint: "There is: linen-07.", status: 404 },
          { status: 404, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
  },
  play: async ({ canvas, userEvent }) => {
    await waitFor(() =>
      expect(canvas.getByRole("combobox", { name: "Model" })).toHaveValue("linen-07, step 800"),
    );
    await userEvent.type(canvas.getByRole("textbox", { name: "Message" }), "Once");
    await userEvent.click(canvas.getByRole("button", { name: "Write" }));
    await expect(await canvas.findByText("There is no model “x”.")).toBeVisible();
  },
});
