import { expect } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { overridesOf, toPython, toShell, toYaml } from "../pure/code.ts";
import { CodePanel } from "./CodePanel.tsx";

const baseline = { task: "finetune", data: { dataset: "faq" }, tuning: { kind: "lora", rank: 8 } };
const spec = { ...baseline, tuning: { kind: "lora", rank: 16 }, loop: { num_epochs: 3 } };
const origin = { kind: "preset", name: "cpu/tiny-lora" } as const;
const overrides = overridesOf(spec, baseline, () => undefined);

const meta = preview.meta({
  title: "Features/Recipe/CodePanel",
  component: CodePanel,
  args: {
    yaml: toYaml(spec, baseline),
    shell: toShell(origin, overrides),
    python: toPython(origin, spec, overrides),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("16")).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "CLI" }));
    await expect(canvas.getByRole("region", { name: "Recipe as a command" })).toHaveTextContent(
      "tokenloom train cpu/tiny-lora",
    );
    await userEvent.click(canvas.getByRole("radio", { name: "Python" }));
    await expect(canvas.getByRole("region", { name: "Recipe as Python" })).toHaveTextContent(
      '"tuning.rank": 16',
    );
  },
});

export const Huge = meta.story({
  args: {
    yaml: toYaml(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`setting_${at}`, at])), {}),
  },
});
