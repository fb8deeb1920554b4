import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { DiffText } from "./DiffText.tsx";

const meta = preview.meta({
  title: "Parts/DiffText",
  component: DiffText,
  args: {
    before: "<div>Re: Fwd: I donâ€™t have my parcel yet.</div>",
    after: "I don’t have my parcel yet.",
  },
});

export const Playground = meta.story({
  play: async ({ canvasElement }) => {
    await expect(canvasElement.querySelectorAll("del").length).toBeGreaterThan(0);
    await expect(canvasElement.querySelector("del")).toHaveTextContent("removed:");
    await expect(canvasElement).toHaveTextContent("have my parcel yet");
  },
});

export const States = meta.story({
  render: () => (
    <div className="grid gap-3 rounded-panel bg-surface p-4">
      <DiffText before="same" after="same" />
      <DiffText before="" after="all of it is new" />
      <DiffText before="all of it is gone" after="" />
      <DiffText before={"line one\nline two"} after={"line one\nline three"} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Nothing changed")).toBeVisible();
  },
});
