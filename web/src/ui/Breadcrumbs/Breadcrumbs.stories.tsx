import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Breadcrumbs, type BreadcrumbsProps } from "./Breadcrumbs.tsx";

const meta = preview.meta({
  title: "Parts/Breadcrumbs",
  component: Breadcrumbs,
  args: {
    items: [{ label: "Recipes", href: "#recipes" }, { label: "balanced-lora" }],
  } as BreadcrumbsProps,
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("link", { name: "Recipes" })).toHaveFocus();
    await expect(canvas.getByText("balanced-lora")).toHaveAttribute("aria-current", "page");
  },
});

export const Stress = meta.story({
  args: {
    items: [
      { label: "Data", href: "#data" },
      { label: "shop-dialogues", href: "#set" },
      { label: "v4", href: "#version" },
      { label: "a page whose name is so long that it has to be cut at the end of the line" },
    ],
  },
  render: (args) => (
    <div className="w-72 overflow-hidden">
      <Breadcrumbs {...args} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("navigation", { name: "Breadcrumb" })).toBeVisible();
  },
});
