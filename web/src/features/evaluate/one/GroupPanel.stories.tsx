import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_TABLES } from "../../../testing/evaluate.ts";
import { groupTables } from "../facts/tables.ts";
import { GroupPanel } from "./GroupPanel.tsx";

const tables = groupTables(FAKE_TABLES);
const empty = { id: "", title: "", columns: [], rows: [] };

const meta = preview.meta({
  title: "Features/Evaluate/GroupPanel",
  component: GroupPanel,
  args: { table: tables.find(({ title }) => title === "Levels") ?? empty },
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const grid = canvas.getByRole("grid", { name: "Levels" });
    await expect(grid).toHaveTextContent("92.0 %");
    await expect(grid).toHaveTextContent("82.0 to 100.0 %");
  },
});

export const Counts = meta.story({
  args: { table: tables.find(({ title }) => title === "Error kinds") ?? empty },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Wrong value")).toBeVisible();
  },
});
