import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeAnswer, fakeEvents } from "../../../testing/run.ts";
import { AskModel } from "./AskModel.tsx";

const meta = preview.meta({
  title: "Features/Run/AskModel",
  component: AskModel,
  args: {
    events: [
      ...fakeEvents(),
      fakeAnswer(900, "Is it lost?", "No, it is late."),
      fakeAnswer(940, "When?", ""),
    ],
    canAsk: true,
    isPending: false,
    onAsk: fn(async () => true),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const answers = canvas.getAllByRole("listitem");
    await expect(answers.map((each) => each.textContent)).toEqual([
      "step 940When? nothing",
      "step 900Is it lost? No, it is late.",
    ]);
    const button = canvas.getByRole("button", { name: "Ask" });
    await expect(button).toBeDisabled();
    const field = canvas.getByRole("textbox", { name: "Prompt" });
    await userEvent.type(field, "Where is my parcel?");
    await userEvent.click(button);
    await expect(args.onAsk).toHaveBeenCalledWith("Where is my parcel?");
    await waitFor(() => expect(field).toHaveValue(""));
    await userEvent.type(field, "And now?{Control>}{Enter}{/Control}");
    await expect(args.onAsk).toHaveBeenLastCalledWith("And now?");
  },
});

/** What was typed stays where the trainer refused. */
export const Refused = meta.story({
  args: { events: [], onAsk: fn(async () => false) },
  play: async ({ canvas, userEvent, args }) => {
    const field = canvas.getByRole("textbox", { name: "Prompt" });
    await userEvent.type(field, "Where?");
    await userEvent.click(canvas.getByRole("button", { name: "Ask" }));
    await waitFor(() => expect(args.onAsk).toHaveBeenCalled());
    await expect(field).toHaveValue("Where?");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid max-w-[640px] gap-6">
      <AskModel {...args} events={[]} />
      <AskModel {...args} isPending />
      <AskModel {...args} canAsk={false} />
      <AskModel {...args} canAsk={false} events={[]} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("textbox")).toHaveLength(2);
    await expect(canvas.getAllByRole("heading")).toHaveLength(3);
    await expect(canvas.getByRole("button", { name: /Asking/ })).toBeVisible();
  },
});
