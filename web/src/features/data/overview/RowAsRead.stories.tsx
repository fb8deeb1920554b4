import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeRendered } from "../../../testing/data.ts";
import { RowAsRead } from "./RowAsRead.tsx";

const meta = preview.meta({
  title: "Features/Data/RowAsRead",
  component: RowAsRead,
  args: {
    row: 1204,
    rendered: fakeRendered(1204),
    isLoading: false,
    error: null,
    show: "text" as const,
    onShow: fn(),
    tokenizers: ["words@1", "bytes@1"],
    tokenizer: "words@1",
    onTokenizer: fn(),
    template: "auto",
    onTemplate: fn(),
    onBefore: fn(),
    onAfter: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("heading", { name: "Row 1,204 as the model reads it" })).toBeVisible();
    await expect(canvas.getByText("10 trained, 6 read only")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Next row" }));
    await expect(args.onAfter).toHaveBeenCalled();
    await userEvent.click(canvas.getByRole("radio", { name: "Both" }));
    await expect(args.onShow).toHaveBeenCalledWith("both");
    await userEvent.click(canvas.getByRole("button", { name: /Tokenizer/ }));
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await expect(args.onTokenizer).toHaveBeenCalledWith("bytes@1");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
      <RowAsRead {...args} rendered={null} isLoading />
      <RowAsRead {...args} rendered={null} tokenizers={[]} />
      <RowAsRead
        {...args}
        rendered={null}
        error={new Error("Row 1204 cannot be used: the answer is empty.")}
      />
      <RowAsRead {...args} row={null} onBefore={undefined} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Train a tokenizer" })).toBeVisible();
    await expect(canvas.getByRole("alert")).toHaveTextContent("Row 1204 cannot be used");
    await expect(canvas.getByText("No row is chosen")).toBeVisible();
  },
});
