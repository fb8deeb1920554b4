import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_DETAIL, fakeRendered, fakeRows } from "../../../testing/data.ts";
import { RowSheet } from "./RowSheet.tsx";

const row = fakeRows(0, 1)[0] ?? {};

const meta = preview.meta({
  title: "Features/Data/RowSheet",
  component: RowSheet,
  args: {
    row,
    dataset: FAKE_DETAIL,
    read: { rendered: fakeRendered(1), error: null, tokenizer: "words@1" },
    href: "/data/faq@1?row=1",
    onClose: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ userEvent, args }) => {
    const dialog = await screen.findByRole("dialog", { name: "Row 1, train" });
    await expect(dialog).toHaveTextContent("Where is shelf 1?");
    await expect(screen.getByRole("list", { name: "Conversation" })).toHaveTextContent("assistant");
    await waitFor(() => expect(screen.getByText("16 tokens with words@1")).toBeVisible());
    await userEvent.keyboard("{Escape}");
    await expect(args.onClose).toHaveBeenCalled();
  },
});

export const PlainText = meta.story({
  args: {
    row: { text: "A long story.\nIt ends well.", _row: 7, _split: "validation" },
    dataset: { meta: { mapping: { kind: "text", text: "text" } } },
    read: { rendered: null, error: new Error("The tokenizer is gone."), tokenizer: "words@1" },
  },
  play: async () => {
    await expect(await screen.findByRole("dialog")).toHaveTextContent("It ends well.");
    await expect(screen.getByRole("alert")).toHaveTextContent("The tokenizer is gone.");
  },
});
