import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { Findings } from "./Findings.tsx";

const onFix = fn();
const ITEMS = [
  {
    id: "leak",
    level: "danger" as const,
    title: "212 test questions also stand in training",
    detail: "An answer learned by heart looks like skill.",
    actions: (
      <Button size="small" onPress={onFix}>
        Move to training
      </Button>
    ),
  },
  {
    id: "twins",
    level: "warning" as const,
    title: "39,508 near-duplicate rows",
    detail: "Similarity above 0.92 in 11,204 clusters.",
    actions: <Button size="small">Keep one each</Button>,
  },
  {
    id: "mail",
    level: "info" as const,
    title: "77 e-mail addresses",
    detail: "Replace by markers before training.",
  },
  {
    id: "roles",
    level: "ok" as const,
    title: "Roles and order",
    detail: "All 319,208 rows start with the user.",
  },
];

const meta = preview.meta({
  title: "Parts/Findings",
  component: Findings,
  args: { items: ITEMS, label: "Findings" },
  argTypes: { items: { control: false } },
  render: (args) => (
    <Panel title="Quality" count={`${args.items.length} findings`} flush>
      <Findings {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getAllByRole("listitem")).toHaveLength(4);
    await expect(canvas.getAllByRole("listitem")[0]).toHaveTextContent("Serious: 212 test questions");
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await expect(onFix).toHaveBeenCalled();
  },
});

export const Narrow = meta.story({
  render: (args) => (
    <div className="w-72">
      <Panel title="Coach" flush>
        <Findings {...args} />
      </Panel>
    </div>
  ),
  play: async ({ canvas }) => {
    const fix = canvas.getByRole("button", { name: "Move to training" }).getBoundingClientRect();
    const words = canvas.getByText("An answer learned by heart looks like skill.").getBoundingClientRect();
    await expect(fix.top).toBeGreaterThanOrEqual(words.bottom);
    await expect(Math.round(fix.left)).toBe(Math.round(words.left));
  },
});
