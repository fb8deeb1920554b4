import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Time } from "./Time.tsx";

const meta = preview.meta({
  title: "Parts/Time",
  component: Time,
  args: { at: Math.floor(Date.now() / 1000) - 300, look: "ago" as const },
  argTypes: { look: { control: "inline-radio", options: ["ago", "clock", "moment"] } },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const time = canvas.getByText("5 min ago");
    await expect(time.title).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    await expect(time).toHaveAttribute("datetime");
  },
});

export const Matrix = meta.story({
  render: ({ at }) => (
    <div className="grid gap-2">
      <Time at={at + 300} />
      <Time at={at - 7200} />
      <Time at={at - 100_000} />
      <Time at={at - 9_000_000} />
      <Time at={at} look="clock" />
      <Time at={at} look="moment" />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("just now")).toBeVisible();
    await expect(canvas.getByText("2 h ago")).toBeVisible();
    await expect(canvas.getByText("yesterday")).toBeVisible();
  },
});
