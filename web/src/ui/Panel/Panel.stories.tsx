import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { EmptyState } from "../EmptyState/EmptyState.tsx";
import { ErrorState } from "../ErrorState/ErrorState.tsx";
import { LoadingState } from "../LoadingState/LoadingState.tsx";
import { Panel } from "./Panel.tsx";

const meta = preview.meta({
  title: "Parts/Panel",
  component: Panel,
  args: {
    title: "Quality",
    count: "5 findings",
    tools: <Button size="small">Preview all fixes</Button>,
    footer: "One thread is 1 % of the raw tokens",
    children: "What the panel holds.",
    status: "ready" as const,
    loading: <LoadingState text="Reading 5 checks" waited={2} />,
    empty: <EmptyState title="No findings" text="Checks run after each import." />,
    error: (
      <ErrorState what="The checks stopped at row 9,000" why="The file ended there." report="row 9000" />
    ),
  },
  argTypes: {
    status: { control: "inline-radio", options: ["ready", "loading", "empty", "error"] },
    ...Object.fromEntries(
      ["tools", "children", "loading", "empty", "error"].map((name) => [name, { control: false }]),
    ),
  },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("region", { name: "Quality" })).toHaveTextContent("What the panel holds.");
    await expect(canvas.getByRole("heading", { level: 2 })).toHaveTextContent("Quality");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
      {(["ready", "loading", "empty", "error"] as const).map((status) => (
        <Panel {...args} key={status} title={`Quality, ${status}`} status={status} />
      ))}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("region", { name: "Quality, loading" })).toHaveAttribute(
      "aria-busy",
      "true",
    );
    await expect(canvas.getByText("No findings")).toBeVisible();
    await expect(canvas.getByRole("alert")).toHaveTextContent("The checks stopped at row 9,000");
  },
});
