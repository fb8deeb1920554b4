import { Diamond } from "lucide-react";
import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Banner } from "../Banner/Banner.tsx";
import { Button } from "../Button/Button.tsx";
import { Cloth } from "../Cloth/Cloth.tsx";
import { EmptyState } from "../EmptyState/EmptyState.tsx";
import { ErrorState } from "../ErrorState/ErrorState.tsx";
import { KeyValue } from "../KeyValue/KeyValue.tsx";
import { LoadingState } from "../LoadingState/LoadingState.tsx";
import { Cell } from "../Page/Cell.tsx";
import { Page } from "../Page/Page.tsx";
import { PageHeader } from "../PageHeader/PageHeader.tsx";
import { Panel } from "../Panel/Panel.tsx";
import { RunChip } from "../RunChip/RunChip.tsx";
import { threadOf } from "../thread.ts";

const DYES = ["woad", "madder", "verdigris", "weld", "cochineal", "indigo", "walnut", "orchil"];

function FourStates() {
  return (
    <>
      <Cell span={3}>
        <Panel title="Checkpoints" count="ready">
          <KeyValue
            rows={[
              { label: "step 9,000", value: "68 MB" },
              { label: "step 8,000", value: "68 MB" },
            ]}
          />
        </Panel>
      </Cell>
      <Cell span={3}>
        <Panel
          title="Checkpoints"
          count="empty"
          status="empty"
          empty={
            <EmptyState
              title="No checkpoints yet"
              text="The first is saved at step 1,000, in about 2 minutes."
              action={
                <Button size="small" icon={Diamond}>
                  Save one now
                </Button>
              }
            />
          }
        />
      </Cell>
      <Cell span={3}>
        <Panel
          title="Gradient flow"
          count="loading"
          status="loading"
          loading={<LoadingState text="Reading 64 layers" progress="12 of 64 done" waited={11} />}
        />
      </Cell>
      <Cell span={3}>
        <Panel
          title="Samples"
          count="error"
          status="error"
          error={
            <ErrorState
              what="Samples stopped at step 9,000"
              why="The GPU had 0.2 GB left and 0.6 GB were needed. Training goes on; nothing is lost."
              todo="Sample 4 prompts instead of 8, or sample on the CPU."
              fix={<Button size="small">Use 4 prompts</Button>}
              onRetry={() => undefined}
              report="sample: out of memory at step 9000"
            />
          }
        />
      </Cell>
    </>
  );
}

const meta = preview.meta({
  title: "Foundations/All states",
  parameters: { layout: "fullscreen" },
});

export const AllStates = meta.story({
  render: () => (
    <Page>
      <PageHeader
        title="States"
        sub={["Every panel has these four; the messages below are the same everywhere."]}
      />
      <FourStates />
      <Banner>Connection lost 6 s ago. The run goes on; this page catches up by itself.</Banner>
      <Cell span={6}>
        <Panel title="Threads" count="colour and dash of a run">
          <div className="grid grid-cols-2 gap-2">
            {DYES.map((dye, ordinal) => (
              <RunChip key={dye} thread={threadOf(ordinal)} name={`${ordinal + 1} ${dye}`} />
            ))}
          </div>
        </Panel>
      </Cell>
      <Cell span={6}>
        <Panel title="Cloth" count="progress">
          <div className="grid gap-3">
            <Cloth done={78} total={100} name="Training" label="Training" text="78 %" thread={threadOf(0)} />
            <Cloth
              done={2.1}
              total={4.4}
              name="Tokenising"
              label="Tokenising"
              text="2.1 of 4.4 GB"
              thread={threadOf(2)}
            />
            <Cloth done={31} total={100} name="Paused" label="Paused" text="31 %" thread={threadOf(7)} />
          </div>
        </Panel>
      </Cell>
    </Page>
  ),
  play: async ({ canvas, canvasElement }) => {
    for (const words of [
      "No checkpoints yet",
      "Reading 64 layers, 12 of 64 done",
      "Samples stopped at step 9,000",
    ]) {
      await expect(canvas.getByText(words)).toBeVisible();
    }
    await expect(canvasElement.scrollWidth).toBeLessThanOrEqual(canvasElement.clientWidth);
  },
});
