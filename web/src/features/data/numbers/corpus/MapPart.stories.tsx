import { HttpResponse, http } from "msw";
import { expect, fn } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { page, problem } from "../../../../testing/data.ts";
import { FAKE_MODELS } from "../../../../testing/evaluate.ts";
import { fakeMap } from "../../../../testing/inspection.ts";
import { fakeRun } from "../../../../testing/run.ts";
import { MapPart } from "./MapPart.tsx";

const started = fn();
const BY = { model: "answers@400", max_tokens: 256 };

const meta = preview.meta({
  title: "Features/Data/MapPart",
  component: MapPart,
  args: {
    reference: "faq@1",
    split: "train",
    model: "answers@400",
    onModel: fn(),
    onRows: fn(),
    onRow: fn(),
  },
  beforeEach: ({ msw }) => {
    let isMade = false;
    msw.use(
      http.get("*/api/models", () => HttpResponse.json(page(FAKE_MODELS))),
      http.get("*/api/datasets/:name/map", () =>
        HttpResponse.json(isMade ? fakeMap(60, { ...BY, cut_rows: 3 }) : fakeMap(0, { ...BY, known: false })),
      ),
      http.post("*/api/runs", async ({ request }) => {
        started(await request.json());
        isMade = true;
        return HttpResponse.json({ id: "run1", state: "queued" }, { status: 201 });
      }),
      http.get("*/api/runs/:id", () =>
        HttpResponse.json(fakeRun({ id: "run1", task: "map", state: "completed" })),
      ),
      http.get("*/api/runs/:id/events", () => HttpResponse.json({ items: [], next_cursor: "" })),
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Lay the rows out" }));
    await expect(await canvas.findByText(/answers@400 sees the same/)).toBeVisible();
    await expect(await canvas.findByText("60 rows")).toBeVisible();
    await expect(started).toHaveBeenLastCalledWith({
      task: "map",
      dataset: "faq@1",
      split: "train",
      model: { kind: "pretrained", source: "answers@400" },
    });
  },
});

export const NoSuchModel = meta.story({
  args: { model: "answer" },
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/datasets/:name/map", () =>
        HttpResponse.json(problem(404, "There is no model “answer”.", "Did you mean answers?"), {
          status: 404,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/There is no model “answer”/)).toBeVisible();
    await expect(canvas.getByRole("combobox", { name: "Laid out by" })).toBeVisible();
  },
});

const HUB = "owner/encoder";

export const FromTheHub = meta.story({
  args: { model: HUB },
  beforeEach: ({ msw }) =>
    msw.use(
      http.get("*/api/datasets/:name/map", () =>
        HttpResponse.json(fakeMap(0, { model: HUB, max_tokens: 256, known: false, needs_download: true })),
      ),
    ),
  play: async ({ canvas, userEvent }) => {
    const make = await canvas.findByRole("button", { name: "Lay the rows out" });
    await expect(make).toBeDisabled();
    await expect(canvas.getByText(/owner\/encoder is not on this machine/)).toBeVisible();
    await userEvent.click(
      canvas.getByRole("checkbox", { name: "Fetch the model from the Hugging Face Hub" }),
    );
    await userEvent.click(make);
    await expect(started).toHaveBeenLastCalledWith({
      task: "map",
      dataset: "faq@1",
      split: "train",
      model: { kind: "pretrained", source: HUB, allow_download: true },
    });
  },
});

export const Refused = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.post("*/api/runs", () =>
        HttpResponse.json(
          problem(422, "model.source: there is no model “answers@400”", "Did you mean answers?"),
          { status: 422, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Lay the rows out" }));
    await expect(await canvas.findByText(/there is no model “answers@400”/)).toBeVisible();
    await expect(canvas.getByText(/Did you mean answers/)).toBeVisible();
  },
});
