import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_PREVIEW } from "../../../testing/data.ts";
import { TryTokenizer } from "./TryTokenizer.tsx";

const meta = preview.meta({
  title: "Features/Data/TryTokenizer",
  component: TryTokenizer,
  args: {
    tokenizers: ["words@1", "bytes@1"],
    tokenizer: "words@1",
    onTokenizer: fn(),
    text: FAKE_PREVIEW.text,
    onText: fn(),
    template: "",
    onTemplate: fn(),
    show: "both" as const,
    onShow: fn(),
    preview: FAKE_PREVIEW,
    error: null,
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("group", { name: "Tokens of the text" })).toHaveTextContent("Where");
    await expect(canvas.getByText("4.25")).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Ids" }));
    await expect(args.onShow).toHaveBeenCalledWith("ids");
    await userEvent.type(canvas.getByRole("textbox", { name: "Text" }), "!");
    await expect(args.onText).toHaveBeenCalledWith("Where is shelf 7?!");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-8 max-sm:grid-cols-1">
      <TryTokenizer {...args} text="" preview={null} />
      <TryTokenizer {...args} error={new Error("The template “x” is not known.")} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing typed yet")).toBeVisible();
    await expect(canvas.getByRole("alert")).toHaveTextContent("The template “x” is not known.");
  },
});
