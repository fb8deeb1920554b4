import { expect, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { ThreadLine } from "../ThreadLine/ThreadLine.tsx";
import { ContrastPairs, PAIRS } from "./ContrastPairs.tsx";
import { Shelf, Swatch } from "./Swatch.tsx";

const range = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);

const COLORS: Record<string, readonly string[]> = {
  "Fields and lines": [
    "--bg",
    "--surface",
    "--raised",
    "--sunken",
    "--hover",
    "--line",
    "--line-strong",
    "--warp",
    "--scrim",
  ],
  Text: ["--text", "--text-2", "--muted"],
  Accent: [
    "--accent",
    "--accent-solid",
    "--accent-solid-hover",
    "--on-accent",
    "--accent-wash",
    "--accent-line",
    "--focus",
  ],
  Meaning: ["positive", "warning", "danger"].flatMap((role) => [
    `--${role}`,
    `--${role}-wash`,
    `--${role}-mark`,
  ]),
  Heat: range("--heat-", 0, 7),
  Tokens: range("--token-", 1, 6),
};

const meta = preview.meta({ title: "Foundations/Tokens" });

export const Colours = meta.story({
  render: () => (
    <>
      {Object.entries(COLORS).map(([title, names]) => (
        <Shelf key={title} title={title}>
          {names.map((name) => (
            <Swatch key={name} name={name} />
          ))}
        </Shelf>
      ))}
    </>
  ),
  play: async ({ canvas, canvasElement }) => {
    await waitFor(() => expect(canvas.getByText("--bg").nextElementSibling?.textContent).toMatch(/^#/));
    for (const code of canvasElement.querySelectorAll("code")) {
      await expect(code.nextElementSibling?.textContent).not.toBe("");
    }
  },
});

export const Contrast = meta.story({
  render: () => (
    <Shelf title="Text needs 4.5">
      <ContrastPairs />
    </Shelf>
  ),
  play: async ({ canvasElement }) => {
    await waitFor(() => {
      const ratios = [...canvasElement.querySelectorAll<HTMLElement>("[data-ratio]")].map((each) =>
        Number(each.dataset.ratio),
      );
      expect(ratios.length).toBe(PAIRS.length);
      for (const ratio of ratios) expect(ratio).toBeGreaterThanOrEqual(4.5);
    });
  },
});

const TYPE = { xs: "text-xs", sm: "text-sm", md: "text-md", lg: "text-lg", xl: "text-xl" };

export const TypeAndSpace = meta.story({
  render: () => (
    <>
      <Shelf title="Type">
        {Object.entries(TYPE).map(([step, look]) => (
          <Swatch key={step} name={`--text-${step}`}>
            <span className={`w-10 shrink-0 ${look}`}>Ag</span>
          </Swatch>
        ))}
        <Swatch name="--font-ui">
          <span className="w-10 shrink-0 text-lg">12</span>
        </Swatch>
        <Swatch name="--font-code">
          <span className="w-10 shrink-0 font-mono text-lg">12</span>
        </Swatch>
      </Shelf>
      <Shelf title="Space, in steps of 4 px">
        {[1, 2, 3, 4, 5, 6, 8, 10, 12, 16].map((step) => (
          <Swatch key={step} name={`--space-${step}`}>
            <span className="h-3 shrink-0 bg-accent-line" style={{ width: `var(--space-${step})` }} />
          </Swatch>
        ))}
      </Shelf>
      <Shelf title="Radii">
        {["--radius-1", "--radius-2", "--radius-3", "--radius-full"].map((name) => (
          <Swatch key={name} name={name}>
            <span
              className="size-10 shrink-0 border border-line-strong bg-surface"
              style={{ borderRadius: `var(${name})` }}
            />
          </Swatch>
        ))}
      </Shelf>
      <Shelf title="Elevation: panels, then tooltip and toast, then dialog and command bar">
        {["--shadow-1", "--shadow-2", "--shadow-3"].map((name) => (
          <Swatch key={name} name={name}>
            <span
              className="size-10 shrink-0 rounded-panel bg-raised"
              style={{ boxShadow: `var(${name})` }}
            />
          </Swatch>
        ))}
      </Shelf>
    </>
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getByText("--space-4").nextElementSibling).toHaveTextContent("16px"));
    await expect(getComputedStyle(canvas.getAllByText("Ag")[4] as HTMLElement).fontSize).toBe("24px");
  },
});

function Mover({ name }: { name: string }) {
  return (
    <Swatch name={name}>
      <button
        type="button"
        className="group inline-flex h-8 w-16 shrink-0 items-center rounded-control border border-line-strong bg-surface px-1"
      >
        <i
          className="size-5 rounded-mark bg-accent-line transition-transform ease-out group-hover:translate-x-8 group-focus-visible:translate-x-8"
          style={{ transitionDuration: `var(${name})` }}
        />
        <span className="sr-only">Move by {name}</span>
      </button>
    </Swatch>
  );
}

export const Motion = meta.story({
  render: () => (
    <Shelf title="Motion: hover or focus moves the field">
      {["--motion-fast", "--motion-base", "--motion-slow"].map((name) => (
        <Mover key={name} name={name} />
      ))}
    </Shelf>
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.tab();
    await expect(canvas.getByRole("button", { name: "Move by --motion-fast" })).toHaveFocus();
  },
});

export const Threads = meta.story({
  render: () => (
    <Shelf title="Threads and dashes, given in this order; the ninth run takes colour 1 with dash 2">
      {range("", 1, 8).flatMap((step) => [
        <Swatch key={`c${step}`} name={`--thread-${step}`}>
          <ThreadLine thread={{ color: Number(step), dash: Number(step) }} />
        </Swatch>,
        <Swatch key={`d${step}`} name={`--dash-${step}`}>
          <ThreadLine thread={{ color: 1, dash: Number(step) }} />
        </Swatch>,
      ])}
    </Shelf>
  ),
  play: async ({ canvasElement }) => {
    // What the drawing code dashes with is what the style sheet says.
    await waitFor(() => {
      for (const code of canvasElement.querySelectorAll("code")) {
        if (!code.textContent?.startsWith("--dash-")) continue;
        const dashed =
          code.closest(".flex")?.querySelector("line")?.getAttribute("stroke-dasharray") ?? "none";
        expect(code.nextElementSibling).toHaveTextContent(dashed);
      }
    });
  },
});
