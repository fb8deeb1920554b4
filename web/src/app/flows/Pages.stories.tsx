import { expect, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { ids, recordedHandlers } from "../../testing/recorded.ts";
import { StudioAt } from "./StudioAt.tsx";

const meta = preview.meta({
  title: "Pages/Recorded run",
  component: StudioAt,
  parameters: { layout: "fullscreen" },
  args: { href: "/" },
  argTypes: { href: { control: "text" } },
  beforeEach: ({ msw }) => {
    msw.use(...recordedHandlers);
  },
});

const heading = (name: string | RegExp) => async (canvasElement: HTMLElement) => {
  await waitFor(
    () => {
      const found = canvasElement.querySelector("main h1");
      expect(found?.textContent ?? "").toMatch(name);
    },
    { timeout: 15_000 },
  );
};

export const Home = meta.story({
  play: async ({ canvasElement, canvas }) => {
    await heading(/at rest/)(canvasElement);
    await expect(
      await canvas.findByRole("button", { name: /First model/ }, { timeout: 10_000 }),
    ).toBeEnabled();
  },
});

export const Runs = meta.story({
  args: { href: "/runs" },
  play: async ({ canvasElement, canvas }) => {
    await heading("Runs")(canvasElement);
    await expect(await canvas.findByRole("grid", { name: "Runs" }, { timeout: 10_000 })).toBeVisible();
    await expect(await canvas.findByText("base, slower", undefined, { timeout: 10_000 })).toBeVisible();
  },
});

export const Compare = meta.story({
  args: { href: `/compare?runs=${ids.base},${ids["base, slower"]}` },
  play: async ({ canvasElement, canvas }) => {
    await heading("Compare")(canvasElement);
    await expect(
      await canvas.findByText(/One field differs|fields differ/, undefined, { timeout: 10_000 }),
    ).toBeVisible();
    await expect((await canvas.findAllByText("baseline", undefined, { timeout: 10_000 }))[0]).toBeVisible();
  },
});

export const Compute = meta.story({
  args: { href: "/compute" },
  play: async ({ canvasElement, canvas }) => {
    await heading("Compute")(canvasElement);
    await expect(
      await canvas.findByText("a processor with two cores", undefined, { timeout: 10_000 }),
    ).toBeVisible();
  },
});

export const Help = meta.story({
  args: { href: "/help" },
  play: async ({ canvasElement }) => heading("Help")(canvasElement),
});

export const NoSuchPage = meta.story({
  args: { href: "/nowhere/at/all" },
  play: async ({ canvasElement }) => heading("There is no such page")(canvasElement),
});
