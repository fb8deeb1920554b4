// Architectures that the engine told of real modules.

import type { Architecture } from "../data/models.ts";
import recordedDense from "./recorded/architecture-dense.json";
import recordedGrouped from "./recorded/architecture-grouped.json";
import recordedLora from "./recorded/architecture-lora.json";
import recordedPretrained from "./recorded/architecture-pretrained.json";

export const dense = recordedDense as unknown as Architecture;
export const grouped = recordedGrouped as unknown as Architecture;
export const lora = recordedLora as unknown as Architecture;
export const pretrained = recordedPretrained as unknown as Architecture;
