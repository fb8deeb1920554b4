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

type Act = (hands: steps.Hands) => Promise<void>;

const driven =
  (...acts: Act[]) =>
  async ({ userEvent }: { userEvent: unknown }) => {
    await steps.arrive(/./);
    for (const act of acts) await act(userEvent as steps.Hands);
  };

export const UploadAndPreview = meta.story({ play: driven(steps.upload, steps.look) });

export const Configure = meta.story({ play: driven(steps.upload, steps.trainTokenizer, steps.configure) });

/** Everything, one after the other, in one studio: upload, preview, configure, train, evaluate, export. */
export const WholeWay = meta.story({
  play: driven(
    steps.upload,
    steps.look,
    steps.trainTokenizer,
    steps.configure,
    steps.train,
    steps.evaluate,
    steps.exportModel,
  ),
});
