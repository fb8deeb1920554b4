import { ScanSearch } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { XrayStand } from "./AskXray.tsx";
import type { Xrays } from "./useXray.ts";
import XrayView from "./XrayView.tsx";
import type { OnLeaveOut } from "./xrays.ts";

export interface XrayPanelProps {
  xrays: Xrays;
  /** Newest step of the run. */
  step: number;
  dataset: string;
  /** `xray`: the step whose X-ray is shown; without it the newest asked for. */
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  /** Steps of the run's checkpoints. */
  checkpoints: readonly number[];
  onLeaveOut: OnLeaveOut;
}

/** The X-rays of a run, one at a time; while it trains any step can be asked for. */
export default function XrayPanel(props: XrayPanelProps) {
  const { xrays, step, dataset, checkpoints, search, onSearch, onLeaveOut } = props;
  const { t } = useTranslation();
  const { all, asked } = xrays;
  const find = (wanted: number | null) => all.find(({ ofStep }) => ofStep === wanted);
  const shown = find(search.xray === undefined ? null : Number(search.xray)) ?? find(asked) ?? all.at(-1);
  return (
    <Panel
      title={t("X-ray of a step")}
      count={all.length > 0 ? all.length : undefined}
      tools={
        shown &&
        all.length > 1 && (
          <Select
            label={t("Step")}
            hideLabel
            options={all.map(({ ofStep }) => ({
              id: String(ofStep),
              label: t("step {{step}}", { step: formatCount(ofStep) }),
            }))}
            value={String(shown.ofStep)}
            onChange={(xray) => onSearch({ xray })}
          />
        )
      }
    >
      {xrays.canAsk && <Ask xrays={xrays} step={step} onAsked={(at) => onSearch({ xray: String(at) })} />}
      {shown ? (
        <XrayView xray={shown} dataset={dataset} checkpoints={checkpoints} onLeaveOut={onLeaveOut} />
      ) : (
        <EmptyState
          title={t("No X-ray yet")}
          text={t(
            "It tells which rows and tokens the loss of a step came from, and where the gradient is large.",
          )}
        />
      )}
    </Panel>
  );
}

interface AskProps {
  xrays: Xrays;
  step: number;
  onAsked: (step: number) => void;
}

function Ask({ xrays, step, onAsked }: AskProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<number | null>(null);
  const at = wanted ?? step;
  const { asked } = xrays;
  const state = asked === null ? null : xrays.stateOf(asked);
  const isPossible = Number.isInteger(at) && at >= 1 && at <= step;
  return (
    <div className="mb-4 grid gap-2">
      <div className="flex flex-wrap items-end gap-3">
        <NumberField
          className="w-36"
          label={t("Step")}
          value={wanted}
          onChange={setWanted}
          minimum={1}
          maximum={Math.max(1, step)}
          integer
          emptyMeans={t("the newest")}
        />
        <Button
          icon={ScanSearch}
          isDisabled={!isPossible}
          isPending={state?.is === "waiting"}
          onPress={() => {
            xrays.ask(at);
            onAsked(at);
          }}
        >
          {t("X-ray")}
        </Button>
      </div>
      {asked !== null && state && <XrayStand step={asked} state={state} />}
    </div>
  );
}
