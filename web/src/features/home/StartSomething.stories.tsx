import { HttpResponse, http } from "msw";
import { expect, fn, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import type { PlanItem } from "../../data/recipes.ts";
import { recorded } from "../../testing/recorded.ts";
import { ToastRegion } from "../../ui/Toast/ToastRegion.tsx";
import { StartSomething } from "./StartSomething.tsx";

const plans = recorded<{ items: PlanItem[] }>("plans").items;

const meta = preview.meta({
  title: "Features/Home/StartSomething",
  component: StartSomething,
  args: { plans, onGo: fn() },
  argTypes: { plans: { control: false } },
});

export const Playground = meta.story({
  beforeEach: ({ msw }) => {
    msw.use(
      http.post("*/api/plans/first-model", () =>
        HttpResponse.json({ watch: "1run", runs: { pretrain: "1run" } }, { status: 201 }),
      ),
    );
  },
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /First model/ }));
    await waitFor(() => expect(args.onGo).toHaveBeenCalledWith("/runs/1run"));
    await userEvent.click(canvas.getByRole("button", { name: /Teach a model my data/ }));
    await expect(args.onGo).toHaveBeenLastCalledWith("/data?import=open");
  },
});

/** While the plans are read, their places are kept. */
export const Loading = meta.story({ args: { plans: null } });

export const First = meta.story({ args: { isFirst: true } });

export const Refused = meta.story({
  beforeEach: ({ msw }) => {
    const problem = {
      type: "about:blank",
      title: "Full",
      status: 507,
      detail: "The disk is full.",
      code: "disk_full",
      hint: "Make room.",
      errors: [],
      details: {},
      request_id: "1",
    };
    msw.use(
      http.post("*/api/plans/*", () =>
        HttpResponse.json(problem, { status: 507, headers: { "content-type": "application/problem+json" } }),
      ),
    );
  },
  render: (args) => (
    <>
      <StartSomething {...args} />
      <ToastRegion />
    </>
  ),
  play: async ({ canvas, userEvent, args }) => {
    await userEvent.click(canvas.getByRole("button", { name: /First model/ }));
    await expect(await canvas.findByText(/The disk is full. Make room./)).toBeVisible();
    await expect(args.onGo).not.toHaveBeenCalled();
  },
});

export const NoPlans = meta.story({ args: { plans: [] } });
