import { useState } from "react";
import { expect, fn, screen, waitFor, within } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeFlow, fakeProfile } from "../../../testing/insight.ts";
import {
  emptyView,
  fakeCheckpoints,
  fakeEvents,
  fakeLive,
  fakeRun,
  fakeSpec,
  fakeView,
  START,
} from "../../../testing/run.ts";
import { fakeXray, fakeXrayAnswer } from "../../../testing/xray.ts";
import { TaskScreen } from "./TaskScreen.tsx";
import { TrainingScreen } from "./TrainingScreen.tsx";
import type { ScreenProps } from "./types.ts";

const props: ScreenProps = {
  data: {
    run: fakeRun(),
    view: fakeView(),
    spec: fakeSpec,
    checkpoints: fakeCheckpoints(),
    price: { per_hour: 0.4, currency: "EUR" },
    others: [fakeLive({ id: "1m8base34m", name: "loom-base" })],
    isLive: true,
  },
  commands: { pending: "", send: fn(async () => true) },
  tidy: { annotate: fn(async () => true), remove: fn(), removeCheckpoint: fn() },
  other: null,
  output: { text: "", isCut: false, isLoading: false, error: "", retry: fn() },
  insight: {
    flow: fakeFlow(),
    chosen: null,
    every: 25,
    profile: fakeProfile(),
    problems: { flow: null, profile: null },
  },
  verify: { isVerified: false, isVerifying: false, onVerify: fn() },
  again: { isStarting: false, onAgain: fn() },
  now: START + 75,
  search: {},
  onSearch: fn(),
  onGo: fn(),
};

/** The address, held by the story. */
function Held(args: ScreenProps) {
  const [search, setSearch] = useState<Record<string, string>>(args.search);
  const onSearch = (changes: Record<string, string | undefined>) =>
    setSearch((old) =>
      Object.fromEntries(
        Object.entries({ ...old, ...changes }).filter((entry): entry is [string, string] =>
          Boolean(entry[1]),
        ),
      ),
    );
  return <TrainingScreen {...args} search={search} onSearch={onSearch} />;
}

const meta = preview.meta({
  title: "Pages/Run",
  component: TrainingScreen,
  args: props,
  render: (args) => <Held {...args} />,
  parameters: { layout: "fullscreen" },
});

export const Live = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await canvas.findByRole("slider", { name: /Loss of linen-07/ }, { timeout: 15_000 });
    await userEvent.click(await canvas.findByRole("button", { name: /Anomaly at step 742/i }));
    await waitFor(() => expect(screen.getByText("3 rows of this batch")).toBeVisible());
    await userEvent.click(screen.getByRole("button", { name: "X-ray this step" }));
    await expect(args.commands.send).toHaveBeenCalledWith("xray", { step: 742 });
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await userEvent.click(canvas.getByRole("button", { name: "Stop" }));
    await userEvent.click(await screen.findByRole("button", { name: "Stop and save" }));
    await expect(args.commands.send).toHaveBeenCalledWith("stop");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  },
});

export const Finished = meta.story({
  args: {
    data: {
      ...props.data,
      isLive: false,
      run: fakeRun({ state: "completed", step: 1200, ended: START + 100, parent: "1m8base34m" }),
    },
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("The model is ready")).toBeVisible();
    await expect(canvas.queryByRole("button", { name: "Stop" })).toBeNull();
    await expect(canvas.queryByRole("button", { name: "Change a setting" })).toBeNull();
  },
});

/** An X-ray stays when the run has ended: in the sheet of its mark, and below. */
export const Looked = meta.story({
  args: {
    data: {
      ...props.data,
      isLive: false,
      run: fakeRun({ state: "completed", step: 1200, ended: START + 100 }),
      view: fakeView({
        events: [...fakeEvents(), fakeXray(742), fakeXrayAnswer(742, true, "step 742 was looked at")],
      }),
    },
  },
  play: async ({ canvas, userEvent, args }) => {
    await expect(await canvas.findByRole("heading", { name: /^X-ray of a step/ })).toBeVisible();
    await userEvent.click(await canvas.findByRole("button", { name: "See rows" }));
    const sheet = within(await screen.findByRole("dialog"));
    await userEvent.click(await sheet.findByRole("checkbox", { name: "Row 17" }));
    await expect(sheet.queryByRole("button", { name: /^X-ray/ })).toBeNull();
    await userEvent.click(sheet.getByRole("button", { name: "Leave these rows out in a new run" }));
    await expect(args.onGo).toHaveBeenCalledWith("/recipes/edit?from=1m8linen07&leave_out=17");
  },
});

/** A paused model answers, and may then leave the memory. */
export const Paused = meta.story({
  args: { data: { ...props.data, run: fakeRun({ state: "paused", reason: "by command" }) } },
  play: async ({ canvas, userEvent, args }) => {
    const panel = within(await canvas.findByRole("region", { name: /^Ask the model/ }));
    await userEvent.type(panel.getByRole("textbox", { name: "Prompt" }), "Is it lost?");
    await userEvent.click(panel.getByRole("button", { name: "Ask" }));
    await expect(args.commands.send).toHaveBeenCalledWith("sample", { prompt: "Is it lost?" });
    await waitFor(() => expect(panel.getByRole("textbox", { name: "Prompt" })).toHaveValue(""));
    await userEvent.click(canvas.getByRole("button", { name: "More" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Pause and free the memory" }));
    await expect(args.commands.send).toHaveBeenCalledWith("pause", { release: true });
  },
});

export const Failed = meta.story({
  args: {
    data: {
      ...props.data,
      isLive: false,
      run: fakeRun({
        state: "failed",
        error: { code: "resource", message: "A row does not fit into memory.", hint: "Take shorter rows." },
      }),
    },
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Start again from the last checkpoint" }));
    await expect(args.again.onAgain).toHaveBeenCalled();
  },
});

/** The fork begins with the checkpoint before the first oddity of those that ended it. */
export const NotFinite = meta.story({
  args: {
    data: {
      ...props.data,
      isLive: false,
      run: fakeRun({
        state: "failed",
        step: 750,
        error: { code: "not_finite", message: "Loss was not finite.", hint: "Lower the learning rate." },
      }),
    },
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Fork from step 400 with other settings" }));
    await expect(args.onGo).toHaveBeenCalledWith(expect.stringMatching(/from=.*&fork=400$/));
  },
});

export const Queued = meta.story({
  args: {
    data: {
      ...props.data,
      view: emptyView(),
      checkpoints: [],
      run: fakeRun({ state: "queued", started: null, step: null, total_steps: null }),
      others: [fakeLive({ id: "a", name: "loom-base", created: START - 900 })],
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/Waits for one run before it/)).toBeVisible();
    await expect(await canvas.findByText("The curve begins when the run starts.")).toBeVisible();
  },
});

export const Task = meta.story({
  args: {
    data: {
      ...props.data,
      run: fakeRun({ task: "import", name: "import faq", ordinal: null, step: null, total_steps: null }),
      view: {
        ...emptyView(),
        events: [
          { type: "state", time: START, state: "running" },
          { type: "progress", time: START + 1, phase: "import", done: 5e6, total: 2e7, unit: "bytes" },
        ],
      },
    },
  },
  render: (args) => <TaskScreen {...args} />,
  play: async ({ canvas }) => {
    await expect(canvas.getByText("import: 5.0 MB of 20.0 MB")).toBeVisible();
    await expect(canvas.getByText("No result yet")).toBeVisible();
  },
});
