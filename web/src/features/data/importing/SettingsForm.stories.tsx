import { useState } from "react";
import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FAKE_SCHEMA } from "../../../testing/data.ts";
import { kindsOf } from "../facts/schema.ts";
import { SettingsForm } from "./SettingsForm.tsx";
import { settingsFor } from "./settings.ts";

const meta = preview.meta({
  title: "Features/Data/SettingsForm",
  component: SettingsForm,
  args: {
    settings: settingsFor("faq"),
    onChange: fn(),
    mappings: kindsOf(FAKE_SCHEMA, "ImportSpec", "mapping"),
    formats: kindsOf(FAKE_SCHEMA, "ImportSpec", "format"),
    columns: ["No.", "Question", "Answer"],
    taken: new Map([["faq", 2]]),
    errors: {},
  },
  render: function Render(args) {
    const [settings, setSettings] = useState(args.settings);
    return (
      <SettingsForm
        {...args}
        settings={settings}
        onChange={(next) => {
          setSettings(next);
          args.onChange(next);
        }}
      />
    );
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("faq is there: this makes version 3.")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: /What the columns mean/ }));
    await userEvent.click(canvas.getByRole("button", { name: /Shape/ }));
    await screen.findByRole("listbox");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await expect(args.onChange).toHaveBeenLastCalledWith(
      expect.objectContaining({ mapping: { kind: "prompt", prompt: "prompt", completion: "completion" } }),
    );
    await userEvent.click(canvas.getByRole("button", { name: /Split/ }));
    const test = canvas.getByRole("textbox", { name: "Test" });
    await userEvent.clear(test);
    await userEvent.type(test, "20");
    await expect(canvas.getByRole("textbox", { name: "Training" })).toHaveValue("75");
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid grid-cols-2 gap-8 max-sm:grid-cols-1">
      <SettingsForm {...args} settings={settingsFor("new-name")} />
      <SettingsForm {...args} settings={settingsFor("a@b")} />
      <SettingsForm
        {...args}
        formats={[]}
        errors={{ dataset: "The name is taken by another kind. Use another one." }}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("A new dataset.")).toBeVisible();
    await expect(canvas.getByText(/Use 1 to 100 characters/)).toBeVisible();
  },
});
