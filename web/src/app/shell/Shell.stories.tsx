import { expect, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { recordedHandlers } from "../../testing/recorded.ts";
import { StudioAt } from "../flows/StudioAt.tsx";
import { fits } from "./Palette.tsx";

const meta = preview.meta({
  title: "Pages/Shell",
  component: StudioAt,
  parameters: { layout: "fullscreen" },
  args: { href: "/help" },
  beforeEach: ({ msw }) => {
    msw.use(...recordedHandlers);
  },
});

export const CommandBar = meta.story({
  play: async ({ canvas, userEvent }) => {
    await canvas.findByRole("heading", { level: 1, name: "Help" }, { timeout: 15_000 });
    await userEvent.keyboard("{Control>}k{/Control}");
    const bar = await screen.findByRole("dialog", { name: "Search or run a command" }, { timeout: 10_000 });
    await userEvent.keyboard("comp");
    await waitFor(() => expect(bar).toHaveTextContent("Compare"));
    await userEvent.keyboard("are{Enter}");
    await canvas.findByRole("heading", { level: 1, name: "Compare" }, { timeout: 15_000 });
    await waitFor(() => expect(document.activeElement?.tagName).toBe("H1"));
  },
});

export const KeysOfThePage = meta.story({
  play: async ({ canvas, userEvent }) => {
    await canvas.findByRole("heading", { level: 1, name: "Help" }, { timeout: 15_000 });
    await userEvent.keyboard("?");
    const keys = await screen.findByRole("dialog", { name: "Keys" }, { timeout: 10_000 });
    await waitFor(() => expect(keys).toBeVisible());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await userEvent.keyboard("gr");
    await canvas.findByRole("heading", { level: 1, name: "Runs" }, { timeout: 15_000 });
    await expect(fits("run re", "Resume run")).toBe(true);
  },
});
