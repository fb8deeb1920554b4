import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { START } from "../../../testing/run.ts";
import { DEFAULTS } from "../prompt/settings.ts";
import { History } from "./History.tsx";

const item = {
  id: "a",
  time: START,
  model: "1m8linen07@800",
  prompt: "Where is my parcel?",
  raw: false,
  settings: DEFAULTS,
  text: "Could you send me the order number?",
  tokens: 9,
  tokensPerSecond: 41.2,
};

const meta = preview.meta({
  title: "Features/Generate/History",
  component: History,
  args: { items: [item], nameOf: () => "linen-07", onAgain: fn(), onClear: fn() },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Again" }));
    await expect(args.onAgain).toHaveBeenCalledWith(item);
    await userEvent.click(canvas.getByRole("button", { name: "Clear" }));
    await expect(args.onClear).toHaveBeenCalled();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <History {...args} items={[]} />
      <History
        {...args}
        items={Array.from({ length: 30 }, (_, i) => ({ ...item, id: String(i), text: item.text.repeat(9) }))}
      />
    </div>
  ),
});
