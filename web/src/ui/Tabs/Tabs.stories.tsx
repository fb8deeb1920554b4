import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { TabNav } from "./TabNav.tsx";
import { Tabs, type TabsProps } from "./Tabs.tsx";

const ITEMS = [
  { id: "rows", label: "Rows", count: 20_690, content: "Every row of the version." },
  { id: "findings", label: "Findings", count: 3, content: "Three things to look at." },
  { id: "versions", label: "Versions", content: "Four versions." },
];

const meta = preview.meta({
  title: "Parts/Tabs",
  component: Tabs,
  args: { label: "Data set", items: ITEMS, value: "rows", onChange: fn() } as TabsProps,
});

function Live(args: TabsProps) {
  const [value, setValue] = useState(args.value);
  return (
    <Tabs
      {...args}
      value={value}
      onChange={(next) => {
        setValue(next);
        args.onChange(next);
      }}
    />
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.tab();
    await userEvent.keyboard("{ArrowRight}");
    await expect(args.onChange).toHaveBeenLastCalledWith("findings");
    await expect(canvas.getByRole("tabpanel")).toHaveTextContent("Three things");
    await userEvent.click(canvas.getByRole("tab", { name: "Versions" }));
    await expect(canvas.getByRole("tab", { name: "Versions" })).toHaveAttribute("aria-selected", "true");
  },
});

export const Navigation = meta.story({
  render: () => (
    <TabNav
      label="Run"
      value="charts"
      items={[
        { id: "charts", label: "Charts", href: "#charts" },
        { id: "samples", label: "Samples", href: "#samples", count: 8 },
        { id: "log", label: "Log", href: "#log" },
      ]}
    />
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("link", { name: "Charts" })).toHaveAttribute("aria-current", "page");
  },
});

export const Stress = meta.story({
  render: (args) => (
    <div className="w-80">
      <Tabs
        {...args}
        value="t0"
        items={Array.from({ length: 14 }, (_, n) => ({
          id: `t${n}`,
          label: `Layer ${n}`,
          isDisabled: n === 3,
        }))}
      >
        One panel for all.
      </Tabs>
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("tab")).toHaveLength(14);
    await expect(canvas.getByRole("tabpanel")).toHaveTextContent("One panel for all.");
  },
});
