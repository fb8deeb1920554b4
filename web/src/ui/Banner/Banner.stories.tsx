import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { Banner } from "./Banner.tsx";

const meta = preview.meta({
  title: "Parts/Banner",
  component: Banner,
  args: {
    level: "warning" as const,
    children: "Connection lost 6 s ago. The run goes on; this page catches up by itself.",
  },
  argTypes: {
    level: { control: "inline-radio", options: ["info", "warning", "danger"] },
    action: { control: false },
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("status")).toHaveTextContent("The run goes on");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-3">
      {(["info", "warning", "danger"] as const).map((level) => (
        <Banner key={level} level={level} action={<Button size="small">Look at {level}</Button>}>
          A line of the level {level}.
        </Banner>
      ))}
    </div>
  ),
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByRole("alert")).toHaveTextContent("danger");
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Look at info" })).toHaveFocus();
  },
});
