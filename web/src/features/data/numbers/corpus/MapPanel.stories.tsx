import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, fireEvent, fn, screen } from "storybook/test";
import preview from "../../../../../.storybook/preview.tsx";
import { page } from "../../../../testing/data.ts";
import { FAKE_MODELS } from "../../../../testing/evaluate.ts";
import { fakeMap } from "../../../../testing/inspection.ts";
import { MapBy } from "./MapBy.tsx";
import { MapPanel } from "./MapPanel.tsx";

const meta = preview.meta({
  title: "Features/Data/CorpusMap",
  component: MapPanel,
  args: { map: fakeMap(), onRows: fn(), onRow: fn(), onRetry: fn(), onMake: fn() },
  argTypes: { by: { control: false }, watch: { control: false } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /Choose a group/ }));
    await userEvent.click(await screen.findByRole("option", { name: "open, nine, day" }));
    await expect(canvas.getByText("20 rows chosen")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Show them in the table" }));
    await expect(args.onRows).toHaveBeenCalledWith(expect.arrayContaining([2, 5, 8]));
  },
});

export const DrawnAround = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("switch", { name: "Choose by drawing around rows" }));
    const plot = await canvas.findByRole("img", { name: "Draw a line around points" });
    const box = plot.getBoundingClientRect();
    const at = (x: number, y: number) => ({
      pointerId: 1,
      clientX: box.left + box.width * x,
      clientY: box.top + box.height * y,
    });
    await fireEvent.pointerDown(plot, at(0, 0));
    for (const [x, y] of [
      [0.4, 0],
      [0.4, 1],
      [0, 1],
      [0, 0],
    ] as const) {
      await fireEvent.pointerMove(plot, at(x, y));
    }
    await fireEvent.pointerUp(plot, at(0, 0));
    await expect(await canvas.findByText("20 rows chosen")).toBeVisible();
  },
});

export const ByAModel = meta.story({
  render: (args) => {
    const [model, setModel] = useState("");
    const map = model ? fakeMap(0, { known: false, model, max_tokens: 256 }) : fakeMap();
    return <MapPanel {...args} map={map} by={<MapBy model={model} onModel={setModel} />} />;
  },
  beforeEach: ({ msw }) => msw.use(http.get("*/api/models", () => HttpResponse.json(page(FAKE_MODELS)))),
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText(/Rows that use the same words/)).toBeVisible();
    const field = canvas.getByRole("combobox", { name: "Laid out by" });
    await userEvent.clear(field);
    await userEvent.type(field, "models/reader");
    await userEvent.tab();
    await expect(await canvas.findByText(/lets models\/reader read them/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Lay the rows out" }));
    await expect(args.onMake).toHaveBeenCalledOnce();
    await userEvent.clear(field);
    await userEvent.click(await screen.findByRole("option", { name: /Words/ }));
    await expect(await canvas.findByText(/Rows that use the same words/)).toBeVisible();
  },
});

export const LaidOutByAModel = meta.story({
  args: { map: fakeMap(60, { model: "answers@400", max_tokens: 256, cut_rows: 12 }) },
  play: async ({ canvas }) => {
    await expect(
      canvas.getByText(/Rows in which answers@400 sees the same .* 12 rows were read only in part/),
    ).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <MapPanel {...args} map={null} />
      <MapPanel {...args} map={null} error={new Error("There is no split “tset”.")} />
      <MapPanel {...args} map={fakeMap(0)} />
      <MapPanel
        {...args}
        map={fakeMap(0, { known: false, model: "answers@400" })}
        watch={<p>{"1,200 of 5,000 rows"}</p>}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("There is no split “tset”.")).toBeVisible();
    await expect(canvas.getByText("No rows in this part")).toBeVisible();
    await expect(canvas.getByText("1,200 of 5,000 rows")).toBeVisible();
  },
});

export const Huge = meta.story({
  args: { map: fakeMap(20_000) },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("20,000 rows")).toBeVisible();
  },
});
