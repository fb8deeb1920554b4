import { expect, spyOn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { CopyButton } from "./CopyButton.tsx";

const meta = preview.meta({
  title: "Parts/CopyButton",
  component: CopyButton,
  args: { text: "tokenloom train recipe.yaml" },
  argTypes: { look: { control: "inline-radio", options: ["ghost", "secondary"] } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const write = spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(write).toHaveBeenCalledWith(args.text);
    await waitFor(() => expect(canvas.getByRole("status")).toHaveTextContent("Copied"));
    write.mockRestore();
  },
});

export const Refused = meta.story({
  play: async ({ canvas, userEvent }) => {
    const write = spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("no"));
    await userEvent.click(canvas.getByRole("button"));
    await waitFor(() => expect(canvas.getByRole("status")).toHaveTextContent("The browser refused to copy"));
    write.mockRestore();
  },
});
