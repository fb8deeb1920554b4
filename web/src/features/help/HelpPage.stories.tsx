import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { HelpPage } from "./HelpPage.tsx";

const meta = preview.meta({
  title: "Features/Help/HelpPage",
  component: HelpPage,
  parameters: { layout: "fullscreen" },
  args: {
    places: [
      { name: "Home", href: "/", keys: "G H" },
      { name: "Runs", href: "/runs", keys: "G R" },
    ],
    language: "en",
    languages: ["en", "pseudo"],
    onLanguage: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: "pseudo" }));
    await expect(args.onLanguage).toHaveBeenCalledWith("pseudo");
    await expect(canvas.getByText("G R")).toBeVisible();
  },
});
