import { expect } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { UsePanel } from "./UsePanel.tsx";

const GB = 1e9;
const use = {
  cpu_percent: 71,
  memory_bytes: 9.4 * GB,
  memory_total_bytes: 25.3 * GB,
  disk_bytes: 388 * GB,
  disk_total_bytes: 420 * GB,
  traffic: { disk_read_bytes_per_second: 2.4e6, network_sent_bytes_per_second: 0 },
  gpus: [],
};

const meta = preview.meta({ title: "Features/Compute/UsePanel", component: UsePanel, args: { use } });

/** The disk is nearly full. */
export const Playground = meta.story({
  play: async ({ canvas }) => {
    await expect(canvas.getByRole("meter", { name: "Memory" })).toHaveAttribute(
      "aria-valuetext",
      expect.stringMatching(/9\.4 GB of 25\.3 GB, below/),
    );
    await expect(canvas.getByText("beyond nine tenths")).toBeVisible();
    await expect(canvas.getByText("2.4 MB/s")).toBeVisible();
  },
});

export const Gpus = meta.story({
  args: {
    use: {
      ...use,
      gpus: [0, 1].map((n) => ({
        use_percent: 90 + n,
        memory_bytes: 60 * GB,
        memory_total_bytes: 80 * GB,
        temperature_celsius: 64,
        power_watts: 380,
      })),
    },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("91 %, 64.0 °C")).toBeVisible();
    await expect(canvas.getByRole("meter", { name: "GPU 0 memory" })).toBeVisible();
  },
});

export const Loading = meta.story({ args: { use: undefined } });

export const Failed = meta.story({
  args: {
    use: undefined,
    error: { what: "The server does not answer.", todo: "Start it again.", report: "" },
  },
  play: async ({ canvas }) => {
    await expect(canvas.getByText("The server does not answer.")).toBeVisible();
  },
});
