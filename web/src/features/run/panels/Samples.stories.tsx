import { expect, fireEvent, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeAnswer, fakeEvents } from "../../../testing/run.ts";
import { threadOf } from "../../../ui/thread.ts";
import { Samples } from "./Samples.tsx";

const meta = preview.meta({
  title: "Features/Run/Samples",
  component: Samples,
  args: {
    events: [...fakeEvents(), fakeAnswer(940, "Is it lost?", "No, it is late.")],
    thread: threadOf(0),
    search: {} as Record<string, string>,
    onSearch: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, args }) => {
    await expect(canvas.getByText("before training")).toBeVisible();
    await expect(canvas.getByText(/send me the order number/)).toBeVisible();
    await expect(canvas.queryByText(/Is it lost/)).toBeNull();
    fireEvent.change(canvas.getByRole("slider"), { target: { value: "1" } });
    await expect(args.onSearch).toHaveBeenCalledWith({ sample: "1" });
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <Samples {...args} events={[]} />
      <Samples {...args} events={[]} writes={false} />
      <Samples {...args} search={{ sample: "0" }} />
      <Samples {...args} search={{ sample: "1", prompt: "1" }} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("A model of classes or scores writes no text.")).toBeVisible();
    await expect(canvas.queryByText("step 0")).toBeNull();
  },
});
