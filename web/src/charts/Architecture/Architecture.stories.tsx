import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { dense, grouped, lora, pretrained } from "../../testing/architecture.ts";
import { Architecture } from "./Architecture.tsx";

const meta = preview.meta({
  title: "Charts/Architecture",
  component: Architecture,
  args: { architecture: dense, measure: "parameters" as "parameters" | "memory" | "flops", asTable: false },
  argTypes: {
    architecture: { control: "object" },
    measure: { control: "inline-radio", options: ["parameters", "memory", "flops"] },
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent }) => {
    const spine = canvas.getByRole("list", { name: "From tokens to logits" });
    await expect(spine).toBeVisible();
    const blocks = canvas.getByRole("button", { name: /Block layers 0–3 ×4/ });
    await expect(blocks).toHaveAttribute("aria-expanded", "false");
    blocks.focus();
    await userEvent.keyboard("{Enter}");
    await expect(blocks).toHaveAttribute("aria-expanded", "true");
    await expect(canvas.getByText("One of 4; the numbers are those of all.")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: /Attention self_attn/ }));
    await expect(canvas.getByText("k_proj")).toBeVisible();
    await userEvent.click(canvas.getByRole("radio", { name: "Arithmetic" }));
    await expect(canvas.getByRole("button", { name: /Head lm_head/ })).toHaveTextContent("%");
    await userEvent.click(canvas.getByRole("radio", { name: "Table" }));
    const table = canvas.getByRole("table", { name: "Modules" });
    await expect(table).toHaveTextContent("8×256×8192");
  },
});

export const GroupedQueries = meta.story({
  args: { architecture: grouped, measure: "flops" },
  play: async ({ canvas }) => {
    await expect(canvas.getByText(/12 heads over 4 keys and values/)).toBeVisible();
  },
});

export const Lora = meta.story({
  args: { architecture: lora },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText("frozen")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: /Block layers 0–3/ }));
    await userEvent.click(canvas.getByRole("button", { name: /Attention self_attn/ }));
    await userEvent.click(canvas.getByRole("button", { name: /q_proj/ }));
    await expect(canvas.getByText("lora_A")).toBeVisible();
  },
});

export const Pretrained = meta.story({ args: { architecture: pretrained, measure: "memory" } });

export const AsTable = meta.story({ args: { architecture: grouped, asTable: true } });

export const WithoutShapes = meta.story({
  args: {
    architecture: {
      ...dense,
      note: "Shapes and arithmetic of this family cannot be told without its weights (it looks at numbers on the way).",
    },
  },
});
