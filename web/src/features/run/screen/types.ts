import type { Range } from "../../../charts/types.ts";
import type { Curve } from "../../../data/series.ts";
import type { OnSearch, Search } from "../charts/useChartView.ts";
import type { Commands } from "../live/useCommands.ts";
import type { Insight } from "../live/useInsight.ts";
import type { OutputView } from "../live/useOutput.ts";
import type { RunData } from "../live/useRun.ts";
import type { Tidy } from "../live/useTidy.ts";

export interface ScreenProps {
  data: RunData;
  commands: Commands;
  tidy: Tidy;
  /** Curves on another axis, or zoomed. */
  other: ReadonlyMap<string, Curve> | null;
  /** Told which part of the curves is about to be shown. */
  onZoom?: ((part: Range) => void) | undefined;
  output: OutputView;
  insight: Insight;
  verify: { isVerified: boolean; isVerifying: boolean; onVerify: () => void };
  again: { isStarting: boolean; onAgain: () => void };
  /** Unix seconds. */
  now: number;
  search: Search;
  onSearch: OnSearch;
  onGo: (href: string) => void;
}

export function tabOf(search: Search): "events" | "console" {
  return search.log_tab === "console" ? "console" : "events";
}
