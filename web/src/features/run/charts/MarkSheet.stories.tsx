import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeView } from "../../../testing/run.ts";
import { marksOf } from "../facts/markers.ts";
import { MarkSheet } from "./MarkSheet.tsx";

const marks = marksOf(fakeView());
const of = (kind: string) => marks.find((mark) => mark.kind === kind) ?? null;

const meta = preview.meta({
  title: "Features/Run/MarkSheet",
  component: MarkSheet,
  args: { mark: of("anomaly"), onClose: fn(), dataset: "shop-dialogues", checkpoint: null },
});

export const Playground = meta.story({
  play: async ({ userEvent, args }) => {
    await waitFor(() => expect(screen.getByText("3 rows of this batch")).toBeVisible());
    await expect(screen.getByText("17, 204, 3,311")).toBeVisible();
    await userEvent.keyboard("{Escape}");
    await expect(args.onClose).toHaveBeenCalled();
  },
});

export const States = meta.story({
  args: { mark: of("evaluation") },
  play: async () => {
    await waitFor(() => expect(screen.getByText("What the model wrote")).toBeVisible());
  },
});

export const Rehearsed = meta.story({
  args: { mark: of("rehearsal") },
  play: async () => {
    await waitFor(() => expect(screen.getByText("Two steps on the longest batch")).toBeVisible());
    await expect(screen.getByText(/Step 0: rehearsed in/)).toBeVisible();
    await expect(screen.getByText(/were predicted/)).toBeVisible();
  },
});

const rehearsed = of("rehearsal")?.event;
const done = (rehearsed?.stages as unknown[] | undefined) ?? [];
const failed = { ...rehearsed, stages: done.slice(0, 3), failed: "reload" };

export const RehearsalFailed = meta.story({
  args: { mark: marksOf(fakeView({ events: [failed as never], curves: new Map() }))[0] ?? null },
  play: async () => {
    await waitFor(() =>
      expect(screen.getByText("Step 0: the rehearsal failed at: Reading it back")).toBeVisible(),
    );
    await expect(screen.getByText("failed")).toBeVisible();
  },
});

export const Replaced = meta.story({
  args: { mark: of("checkpoint") },
  play: async () => {
    await waitFor(() => expect(screen.getByText(/no longer kept/)).toBeVisible());
  },
});
