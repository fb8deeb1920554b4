import { expect, fn, screen } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { ApiError } from "../../../data/client.ts";
import { FAKE_SCHEMA, problem } from "../../../testing/data.ts";
import { kindsOf } from "../facts/schema.ts";
import { TrainTokenizer } from "./TrainTokenizer.tsx";

const kinds = kindsOf(FAKE_SCHEMA, "TokenizerSpec", "model");

const meta = preview.meta({
  title: "Features/Data/TrainTokenizer",
  component: TrainTokenizer,
  args: {
    kinds,
    datasets: ["faq", "stories"],
    taken: new Map([["words", 1]]),
    onStart: fn(async () => undefined),
  },
  beforeEach: () => localStorage.clear(),
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("button", { name: "Train the tokenizer" })).toBeDisabled();
    await userEvent.type(canvas.getByRole("textbox", { name: "Name of the tokenizer" }), "words");
    await expect(canvas.getByText("words is there: this makes version 2.")).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: /stories/ }));
    const size = canvas.getByRole("textbox", { name: "Tokens in the vocabulary" });
    await userEvent.clear(size);
    await userEvent.type(size, "1024");
    await userEvent.click(canvas.getByRole("button", { name: "More settings" }));
    await userEvent.type(canvas.getByRole("textbox", { name: "Special tokens" }), "<|tool|>{Enter}");
    await userEvent.click(canvas.getByRole("button", { name: "Train the tokenizer" }));
    await expect(args.onStart).toHaveBeenCalledWith({
      tokenizer: "words",
      datasets: ["stories"],
      model: { kind: "bpe", vocab_size: 1024, special_tokens: ["<|tool|>"] },
    });
  },
});

export const Bytes = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.type(canvas.getByRole("textbox", { name: "Name of the tokenizer" }), "bytes");
    await userEvent.click(canvas.getByRole("button", { name: /faq/ }));
    await userEvent.click(canvas.getByRole("button", { name: /Kind/ }));
    await userEvent.click(await screen.findByRole("option", { name: "Bytes" }));
    await expect(canvas.queryByRole("textbox", { name: "Tokens in the vocabulary" })).toBeNull();
    await userEvent.click(canvas.getByRole("button", { name: "Train the tokenizer" }));
    await expect(args.onStart).toHaveBeenCalledWith(expect.objectContaining({ model: { kind: "byte" } }));
  },
});

export const ForADataset = meta.story({
  args: { learn: "faq@1", taken: new Map() },
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByRole("textbox", { name: "Name of the tokenizer" })).toHaveValue("faq");
    await userEvent.click(canvas.getByRole("button", { name: "Train the tokenizer" }));
    await expect(args.onStart).toHaveBeenCalledWith(
      expect.objectContaining({ tokenizer: "faq", datasets: ["faq@1"] }),
    );
  },
});

export const States = meta.story({
  args: {
    onStart: fn(async () => {
      throw new ApiError(problem(404, "There is no dataset “stories”.", "Choose another one."));
    }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.type(canvas.getByRole("textbox", { name: "Name of the tokenizer" }), "words");
    await userEvent.click(canvas.getByRole("button", { name: /stories/ }));
    await userEvent.click(canvas.getByRole("button", { name: "Train the tokenizer" }));
    await expect(await canvas.findByRole("alert")).toHaveTextContent("There is no dataset “stories”.");
  },
});
