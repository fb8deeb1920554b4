import preview from "../../../.storybook/preview.tsx";
import { LiveStudio } from "./LiveStudio.tsx";
import * as steps from "./steps.ts";

const meta = preview.meta({
  title: "Flows/The whole way, live",
  component: LiveStudio,
  parameters: { layout: "fullscreen" },
  // Only where a live server stands beside the workshop: `make stories-live`.
  tags: ["live", "!test", "!autodocs"],
  args: { href: "/" },
});

const walk =
  (...way: steps.Step[]) =>
  async ({ userEvent }: { userEvent: steps.Hands }) => {
    await steps.arrive(/./);
    const name = `faq-${Date.now().toString(36)}`;
    for (const step of way) await step({ hands: userEvent, name });
  };

export const UploadAndPreview = meta.story({ play: walk(steps.upload, steps.look) });

export const Configure = meta.story({ play: walk(steps.upload, steps.trainTokenizer, steps.configure) });

/** Everything, one after the other, in one studio: upload, preview, configure, train, evaluate, export. */
export const WholeWay = meta.story({
  play: walk(
    steps.upload,
    steps.look,
    steps.trainTokenizer,
    steps.configure,
    steps.train,
    steps.evaluate,
    steps.exportModel,
  ),
});
