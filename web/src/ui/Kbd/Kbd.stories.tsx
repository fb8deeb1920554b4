import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Kbd } from "./Kbd.tsx";

const meta = preview.meta({ title: "Parts/Kbd", component: Kbd, args: { keys: "Ctrl K" } });

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Ctrl K").tagName).toBe("KBD");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="flex flex-wrap gap-2">
      {["P", "?", "Ctrl K", "Ctrl Shift Z", "Esc", "↑ ↓"].map((keys) => (
        <Kbd key={keys} keys={keys} />
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Esc")).toBeVisible();
  },
});
