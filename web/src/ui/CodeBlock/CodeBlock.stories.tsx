import { expect, spyOn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { CodeBlock } from "./CodeBlock.tsx";

const YAML = `# balanced-lora
model: loom-base-34m
train:
  lr: 1.1e-4   # was 2e-4
  steps: 12000
  shuffle: true
  note: "every row once"
`;

const meta = preview.meta({
  title: "Parts/CodeBlock",
  component: CodeBlock,
  args: { code: YAML, language: "yaml" as const, name: "Recipe as YAML", changed: [4] },
  argTypes: { language: { control: "inline-radio", options: ["yaml", "shell", "python", "json", "text"] } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const write = spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await userEvent.click(canvas.getByRole("button", { name: "Copy" }));
    await waitFor(() => expect(write).toHaveBeenCalledWith(YAML));
    write.mockRestore();
    await expect(canvas.getByText("lr")).toHaveClass("text-accent");
    await expect(canvas.getByText("# was 2e-4")).toHaveClass("text-muted");
    await expect(canvas.getByRole("region", { name: "Recipe as YAML" })).toHaveTextContent("changed: lr");
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid gap-4">
      <CodeBlock
        name="Shell"
        language="shell"
        code={"$ tokenloom train recipe.yaml --steps 12000  # on this machine"}
      />
      <CodeBlock
        name="Python"
        language="python"
        code={"from tokenloom import train\n\nrun = train('recipe.yaml', steps=12_000)"}
      />
      <CodeBlock name="JSON" language="json" code={'{\n  "lr": 1.1e-4,\n  "packed": true\n}'} />
      <CodeBlock name="Long" code={`one long line ${"and on ".repeat(60)}`} plain />
    </div>
  ),
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getAllByRole("button", { name: "Copy" })).toHaveLength(3);
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
