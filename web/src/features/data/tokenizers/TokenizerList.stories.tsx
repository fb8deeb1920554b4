import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_TOKENIZER } from "../../../testing/data.ts";
import { TokenizerList } from "./TokenizerList.tsx";

const meta = preview.meta({
  title: "Features/Data/TokenizerList",
  component: TokenizerList,
  args: {
    items: [FAKE_TOKENIZER, { ...FAKE_TOKENIZER, id: "tok2", name: "bytes", vocab_size: 8192, meta: {} }],
    chosen: "words@1",
    onChoose: fn(),
    onRemove: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("7,831 texts")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Delete bytes@1" }));
    await expect(args.onRemove).toHaveBeenCalledWith("bytes@1");
    await userEvent.click(canvas.getByText("8,192"));
    await expect(args.onChoose).toHaveBeenCalledWith("bytes@1");
  },
});
