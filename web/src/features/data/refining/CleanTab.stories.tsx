import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_DATASETS, FAKE_DETAIL, page, problem } from "../../../testing/data.ts";
import { FAKE_FINDINGS, fakeFinding, fakeValidation } from "../../../testing/inspection.ts";
import { FAKE_PREVIEW, FAKE_STEP_SCHEMA } from "../../../testing/refining.ts";
import { fakeRun } from "../../../testing/run.ts";
import { Page } from "../../../ui/Page/Page.tsx";
import { CleanTab } from "./CleanTab.tsx";

const DRAFT = `tokenloom.draft.clean.${FAKE_DETAIL.id}`;
const STEPS = [
  { id: "1", kind: "html", settings: {} },
  { id: "2", kind: "length", settings: { min_characters: 20 } },
  { id: "3", kind: "quality", settings: { threshold: 0.3 } },
];
const started = fn();

const meta = preview.meta({
  title: "Features/Data/CleanTab",
  component: CleanTab,
  parameters: { layout: "fullscreen" },
  args: { dataset: FAKE_DETAIL, reference: "faq@1", search: {}, onSearch: fn() },
  render: function Render(args) {
    const [search, setSearch] = useState<Record<string, string>>(args.search);
    return (
      <Page>
        <CleanTab
          {...args}
          search={search}
          onSearch={(changes) => {
            setSearch((old) => ({ ...old, ...changes }) as Record<string, string>);
            args.onSearch(changes);
          }}
        />
      </Page>
    );
  },
  beforeEach: ({ msw }) => {
    localStorage.setItem(DRAFT, JSON.stringify(STEPS));
    msw.use(
      http.get("*/api/schema/recipe", () => HttpResponse.json(FAKE_STEP_SCHEMA)),
      http.get("*/api/datasets", () => HttpResponse.json(page(FAKE_DATASETS))),
      http.post("*/api/datasets/:name/refine/preview", () => HttpResponse.json(FAKE_PREVIEW)),
      http.post("*/api/datasets/:name/refine", async ({ request }) => {
        started(await request.json());
        return HttpResponse.json({ id: "run1", state: "queued" }, { status: 201 });
      }),
      http.get("*/api/runs/:id", () =>
        HttpResponse.json(fakeRun({ id: "run1", task: "refine", state: "completed" })),
      ),
      http.get("*/api/runs/:id/events", () =>
        HttpResponse.json({
          items: [
            {
              offset: 0,
              event: {
                type: "result",
                result: { name: "faq", version: 3, rows: { raw: 122, good: 98, bad: 24 } },
              },
            },
          ],
          next_cursor: "",
        }),
      ),
    );
    return () => localStorage.removeItem(DRAFT);
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(await canvas.findByText("56 of 120 rows are touched, 98 are left")).toBeVisible();
    await userEvent.click(canvas.getByText("min characters 20"));
    await expect(await canvas.findByRole("heading", { name: "Settings of Length" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Make faq version 3" }));
    await expect(await canvas.findByText("98 rows stay, 24 are set aside with their reasons")).toBeVisible();
    await expect(canvas.getByRole("link", { name: "faq@3" })).toHaveAttribute("href", "/data/faq%403");
    await expect(started).toHaveBeenLastCalledWith({
      into: "",
      steps: [{ kind: "html" }, { kind: "length", min_characters: 20 }, { kind: "quality", threshold: 0.3 }],
    });
  },
});

/** Adding, removing and taking both back; the draft outlives a reload. */
export const UndoAndRedo = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "More for 1 HTML" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
    await expect(canvas.getAllByRole("row")).toHaveLength(2);
    await waitFor(() => expect(JSON.parse(localStorage.getItem(DRAFT) ?? "")).toHaveLength(2));
    await userEvent.click(canvas.getByRole("button", { name: "Undo" }));
    await expect(canvas.getAllByRole("row")).toHaveLength(3);
    await userEvent.click(canvas.getByRole("button", { name: "Redo" }));
    await expect(canvas.getAllByRole("row")).toHaveLength(2);
    await userEvent.click(canvas.getByRole("button", { name: "Add a step" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /^Personal data/ }));
    await expect(canvas.getAllByRole("row")).toHaveLength(3);
  },
});

const found = fakeValidation({
  findings: [
    ...FAKE_FINDINGS.map((finding) => ({ ...finding, fix: [] })),
    fakeFinding({ title: "E-mail addresses", count: 7, fix: [{ kind: "redact" }] }),
    fakeFinding({ title: "Phone numbers", count: 2, fix: [{ kind: "redact" }] }),
    fakeFinding({ title: "Texts with HTML", count: 34, fix: [{ kind: "html" }] }),
  ],
});

/** What the health report speaks for, taken by one press and taken back by one. */
export const Suggestions = meta.story({
  beforeEach: ({ msw }) => {
    localStorage.removeItem(DRAFT);
    msw.use(http.get("*/api/datasets/:name/validation", () => HttpResponse.json(found)));
  },
  play: async ({ canvas, userEvent }) => {
    const list = await canvas.findByRole("list", { name: "Suggested steps" });
    await expect(list).toHaveTextContent(
      /HTML.*Texts with HTML: 34.*Personal data.*E-mail addresses: 7 · Phone/,
    );
    await userEvent.click(canvas.getByRole("button", { name: "Add these 2 steps" }));
    await expect(await canvas.findByText("56 of 120 rows are touched, 98 are left")).toBeVisible();
    await expect(canvas.getByRole("heading", { name: "Settings of HTML" })).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Undo" }));
    await expect(await canvas.findByRole("list", { name: "Suggested steps" })).toBeVisible();
  },
});

/** A dataset that was not looked at yet: the usual steps. */
export const Empty = meta.story({
  beforeEach: ({ msw }) => {
    localStorage.removeItem(DRAFT);
    const unknown = fakeValidation({ known: false, findings: [] });
    msw.use(http.get("*/api/datasets/:name/validation", () => HttpResponse.json(unknown)));
  },
  play: async ({ canvas, userEvent }) => {
    await expect(await canvas.findByText("No steps yet")).toBeVisible();
    await expect(canvas.getByText("Before and after")).toBeVisible();
    await expect(await canvas.findByText("White space, Duplicates")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Add the usual steps" }));
    await expect(canvas.getAllByRole("row")).toHaveLength(2);
  },
});

/** Nothing was found: nothing is pressed upon one. */
export const Healthy = meta.story({
  beforeEach: ({ msw }) => {
    localStorage.removeItem(DRAFT);
    msw.use(
      http.get("*/api/datasets/:name/validation", () => HttpResponse.json(fakeValidation({ findings: [] }))),
    );
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/found nothing that a step would mend/)).toBeVisible();
    await expect(canvas.queryByRole("button", { name: /usual/ })).toBeNull();
    await expect(canvas.getAllByRole("button", { name: "Add a step" })).toHaveLength(1);
  },
});

export const WrongSetting = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.post("*/api/datasets/:name/refine/preview", () =>
        HttpResponse.json(
          {
            ...problem(422, "steps.1.min_characters: must be at least 1", "Set it to 1."),
            errors: [{ field: "steps.1.min_characters", message: "must be at least 1", fix: "Set it to 1" }],
          },
          { status: 422, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("A setting is not right.")).toBeVisible();
    await expect(canvas.getByRole("button", { name: /^Make faq version/ })).toBeDisabled();
  },
});

export const Refused = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(
      http.post("*/api/datasets/:name/refine/preview", () =>
        HttpResponse.json(problem(422, "The data of faq@1 is damaged.", "Import it once more."), {
          status: 422,
          headers: { "content-type": "application/problem+json" },
        }),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("The data of faq@1 is damaged.");
  },
});

export const Loading = meta.story({
  beforeEach: ({ msw }) =>
    msw.use(http.post("*/api/datasets/:name/refine/preview", () => new Promise<Response>(() => undefined))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Quality", { selector: "span" })).toBeVisible();
  },
});

export const Huge = meta.story({
  beforeEach: () =>
    localStorage.setItem(
      DRAFT,
      JSON.stringify(
        Array.from({ length: 30 }, (_, at) => ({ id: String(at + 1), kind: "redact", settings: {} })),
      ),
    ),
  play: async ({ canvas }) => {
    await expect(await canvas.findAllByRole("row")).toHaveLength(30);
  },
});
