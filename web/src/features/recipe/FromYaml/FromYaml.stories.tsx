import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { FromYaml } from "./FromYaml.tsx";

const meta = preview.meta({
  title: "Features/Recipe/FromYaml",
  component: FromYaml,
  args: {
    onOpen: fn(async (text: string) =>
      text.includes("pretrain")
        ? null
        : {
            message: "task: there is no task “sing”",
            hint: "",
            errors: [{ field: "task", message: "there is no task “sing”", fix: "Set task to pretrain." }],
          },
    ),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const area = canvas.getByRole("textbox", { name: "Or paste it" });
    await userEvent.type(area, "task: sing");
    await userEvent.click(canvas.getByRole("button", { name: "Open as recipe" }));
    await expect(await canvas.findByText(/there is no task/)).toBeVisible();
    await expect(area).toHaveValue("task: sing");
    await userEvent.clear(area);
    await userEvent.type(area, "task: pretrain");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await expect(args.onOpen).toHaveBeenLastCalledWith("task: pretrain", "recipe.yaml");
    const file = new File(["task: pretrain"], "mine.yml");
    await userEvent.upload(canvas.getByTestId("files"), file);
    await waitFor(() => expect(args.onOpen).toHaveBeenLastCalledWith("task: pretrain", "mine.yml"));
  },
});
