import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { type TextToken, TokenLegend, TokenText } from "./TokenText.tsx";

function tokensOf(text: string, trained: boolean): TextToken[] {
  return (text.match(/<\|\w+\|>|\n| ?\w{1,6}| ?[^\w\s]/g) ?? []).map((piece, index) => ({
    id: 200 + ((piece.length * 31 + index * 7) % 7800),
    text: piece,
    special: piece.startsWith("<|"),
    trained: trained && piece !== "<|assistant|>",
  }));
}

const TOKENS = [
  ...tokensOf("<|user|>My parcel says delivered but it is not here.<|end|>\n", false),
  ...tokensOf("<|assistant|>I’m sorry about that. Could you send me the order number?<|end|>", true),
];

const meta = preview.meta({
  title: "Parts/TokenText",
  component: TokenText,
  args: { tokens: TOKENS, name: "Tokens of row 1,204", mode: "colours" as const, show: "text" as const },
  argTypes: {
    mode: { control: "inline-radio", options: ["colours", "mask", "loss"] },
    show: { control: "inline-radio", options: ["text", "ids", "both"] },
    tokens: { control: false },
  },
  render: (args) => (
    <Panel title="Row 1,204 as the model reads it" footer={<TokenLegend mode={args.mode ?? "colours"} />}>
      <TokenText {...args} />
    </Panel>
  ),
});

export const Playground = meta.story({
  play: async ({ canvas }) => {
    const group = canvas.getByRole("group", { name: "Tokens of row 1,204" });
    await expect(group).toHaveTextContent("My parcel says delivered but it is not here.");
    await expect(canvas.getByText("My")).toHaveAttribute("title", expect.stringContaining("·"));
  },
});

export const Mask = meta.story({
  args: { mode: "mask" },
  play: async ({ canvasElement }) => {
    const trained = canvasElement.querySelectorAll("[data-trained=true]");
    const readOnly = canvasElement.querySelectorAll("[data-trained=false]");
    await expect(trained.length).toBeGreaterThan(5);
    await expect(readOnly.length).toBeGreaterThan(5);
  },
});

export const Loss = meta.story({
  args: {
    mode: "loss",
    show: "both",
    current: 4,
    tokens: TOKENS.map((token, at) => (at % 4 === 0 ? token : { ...token, loss: (at * 1.7) % 11 })),
  },
  play: async ({ canvas, canvasElement }) => {
    await expect(canvas.getByText("8 and more")).toBeVisible();
    await expect(canvasElement.querySelector("[data-place='1']")).toHaveAttribute(
      "title",
      expect.stringContaining("· 1.7"),
    );
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
      {(["colours", "mask"] as const).flatMap((mode) =>
        (["text", "ids", "both"] as const).map((show) => (
          <TokenText
            key={`${mode}-${show}`}
            tokens={TOKENS}
            mode={mode}
            show={show}
            name={`${mode}, ${show}`}
          />
        )),
      )}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getAllByRole("group")).toHaveLength(6);
  },
});

export const Stress = meta.story({
  args: { tokens: Array.from({ length: 40 }, () => TOKENS).flat(), limit: 500 },
  play: async ({ canvas, userEvent }) => {
    await expect(canvas.getByText(/^500 of/)).toBeVisible();
    await userEvent.click(canvas.getByRole("button", { name: "Show all" }));
    await expect(canvas.queryByRole("button", { name: "Show all" })).toBeNull();
  },
});
