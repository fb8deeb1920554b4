import { expect, fn } from "storybook/test";
import preview from "../../../../.storybook/preview.tsx";
import { fakeProfile, fakeTimes } from "../../../testing/insight.ts";
import { emptyView, fakeView } from "../../../testing/run.ts";
import ProfilePanel from "./ProfilePanel.tsx";

const trace = fakeProfile().traces?.[0];

const meta = preview.meta({
  title: "Features/Run/ProfilePanel",
  component: ProfilePanel,
  args: {
    profile: fakeProfile(),
    view: fakeView({ curves: fakeTimes() }),
    isLive: true,
    canAsk: true,
    isAsking: false,
    onAsk: fn(),
    hrefOf: (name: string) => `/api/runs/1m8linen07/traces/${name}`,
    search: {} as Record<string, string>,
    onSearch: fn(),
  },
});

export const Playground = meta.story({
  play: async ({ canvas, userEvent, args }) => {
    await expect(canvas.getByText("evaluation.every_steps=1000")).toBeVisible();
    await expect(canvas.getByText(/Validation takes 20.4 % of the time/)).toBeVisible();
    const steps = canvas.getByRole("textbox", { name: /Steps/ });
    await userEvent.clear(steps);
    await userEvent.type(steps, "40");
    await expect(canvas.getByRole("button", { name: "Trace the next steps" })).toBeDisabled();
    await userEvent.clear(steps);
    await userEvent.type(steps, "5");
    await userEvent.click(canvas.getByRole("button", { name: "Trace the next steps" }));
    await expect(args.onAsk).toHaveBeenCalledWith(5);
    await expect(canvas.getByRole("link", { name: /^Save steps-431-433/ })).toHaveAttribute(
      "href",
      "/api/runs/1m8linen07/traces/steps-431-433.json.gz",
    );
    await expect(canvas.getByText("aten::mm")).toBeVisible();
    await expect(canvas.getByRole("slider", { name: "Seconds a step, by part" })).toBeVisible();
  },
});

export const States = meta.story({
  render: (args) => (
    <div className="grid gap-4">
      <ProfilePanel {...args} profile={null} />
      <ProfilePanel {...args} profile={null} problem={{ message: "The server is gone.", retry: fn() }} />
      <ProfilePanel {...args} profile={fakeProfile({ parts: [] })} view={emptyView()} />
      <ProfilePanel {...args} profile={fakeProfile({ parts: [] })} view={emptyView()} isLive={false} />
      <ProfilePanel {...args} profile={fakeProfile({ traces: [], suggestions: [] })} isAsking />
      <ProfilePanel
        {...args}
        canAsk={false}
        profile={fakeProfile({
          path: "padded",
          path_reason: "virtual tokens stand before each text",
          useful_share: 0.53,
          mfu: null,
          traces: trace ? [trace, { ...trace, name: "steps-2-2.json.gz", first_step: 2, steps: 1 }] : [],
        })}
      />
    </div>
  ),
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The times could not be read")).toBeVisible();
    await expect(canvas.getByText("They come with the first row of metrics.")).toBeVisible();
    await expect(canvas.getByText(/made before times were told/)).toBeVisible();
    await expect(canvas.getByText("Nothing that was measured could be saved.")).toBeVisible();
    await expect(canvas.getByText(/53.0 %; padded, because virtual tokens/)).toBeVisible();
  },
});
