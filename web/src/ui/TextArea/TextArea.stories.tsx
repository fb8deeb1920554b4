import { useState } from "react";
import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { TextArea, type TextAreaProps } from "./TextArea.tsx";

const meta = preview.meta({
  title: "Parts/TextArea",
  component: TextArea,
  args: {
    label: "System prompt",
    value: "You answer as the shop.",
    help: "Stands before every conversation. Ctrl Enter tries it.",
    rows: 3,
    onChange: fn(),
    onSubmit: fn(),
  } as TextAreaProps,
});

function Live(args: TextAreaProps) {
  const [value, setValue] = useState(args.value);
  return <TextArea {...args} value={value} onChange={setValue} />;
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent, args }) => {
    const area = canvas.getByRole("textbox", { name: "System prompt" });
    const before = area.getBoundingClientRect().height;
    await userEvent.click(area);
    await userEvent.keyboard("{Enter}a{Enter}b{Enter}c{Enter}d{Enter}e");
    await expect(area.getBoundingClientRect().height).toBeGreaterThan(before);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await expect(args.onSubmit).toHaveBeenCalledOnce();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <TextArea
        {...args}
        label="Template"
        mono
        value={"{{ system }}\n{% for turn in turns %}\n{{ turn }}\n{% endfor %}"}
      />
      <TextArea {...args} label="Wrong" value="{% for" error="The loop is not closed." />
      <TextArea {...args} label="Disabled" isDisabled waitsFor="Waits for a tokenizer." />
      <TextArea {...args} label="Huge" maxRows={6} value={"A line of thread.\n".repeat(200)} />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("textbox", { name: "Wrong" })).toBeInvalid();
    await expect(canvas.getByRole("textbox", { name: "Huge" }).clientHeight).toBeLessThan(160);
  },
});
