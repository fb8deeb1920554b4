import { expect, fn } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Marker, MarkerGlyph } from "./Marker.tsx";

const KINDS = ["checkpoint", "evaluation", "change", "anomaly", "rehearsal"] as const;

const meta = preview.meta({
  title: "Parts/Marker",
  component: Marker,
  args: { kind: "anomaly" as const, label: "Loss spike at step 7,420", count: 1, onPress: fn() },
  argTypes: { kind: { control: "inline-radio", options: KINDS } },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    const marker = canvas.getByRole("button", { name: "Loss spike at step 7,420" });
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(marker);
    await expect(args.onPress).toHaveBeenCalledTimes(2);
    await expect(marker.getBoundingClientRect().width).toBeGreaterThanOrEqual(24);
  },
});

export const Matrix = meta.story({
  render: () => (
    <div className="grid w-max max-w-full grid-cols-4 gap-3 rounded-panel max-sm:grid-cols-2 bg-surface p-4">
      {KINDS.flatMap((kind) => [
        <Marker key={kind} kind={kind} label={kind} />,
        <Marker key={`${kind}-on`} kind={kind} label={`${kind} chosen`} isPressed />,
        <Marker key={`${kind}-many`} kind={kind} label={`${kind} at 2,000`} count={12} />,
        <span key={`${kind}-key`} className="inline-flex items-center gap-1.5 text-caption text-muted">
          <MarkerGlyph kind={kind} /> {kind}
        </span>,
      ])}
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("button", { name: "anomaly at 2,000, 12 in all" })).toBeVisible();
    await expect(canvas.getByRole("button", { name: "change chosen" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
  },
});
