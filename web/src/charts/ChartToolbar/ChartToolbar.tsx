import { Download, Maximize2 } from "lucide-react";
import { type ReactNode, type RefObject, useId } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { saveFile } from "../exportImage.ts";
import type { LineChartHandle, LineChartView, XKind } from "../types.ts";

export interface ChartToolbarProps {
  /** What is set now. */
  view: LineChartView;
  /** Told only what changed. */
  onChange: (change: Partial<LineChartView>) => void;
  /** The kinds of x that the data have; one alone shows no choice. */
  xKinds?: readonly XKind[];
  /** The chart that is exported and shown full screen. */
  chart: RefObject<LineChartHandle | null>;
  /** Name of the saved files, without ending. */
  fileName?: string;
}

/** Everything that changes how a line chart is seen, and takes it away. */
export function ChartToolbar({
  view,
  onChange,
  xKinds = ["step"],
  chart,
  fileName = "chart",
}: ChartToolbarProps) {
  const { t } = useTranslation();
  const names: Record<XKind, string> = { step: t("Step"), tokens: t("Tokens"), time: t("Time") };
  const savePng = () => chart.current?.png().then((blob) => saveFile(`${fileName}.png`, blob));
  const saveSvg = () =>
    chart.current?.svg().then((text) => saveFile(`${fileName}.svg`, text, "image/svg+xml"));
  const saveCsv = () => chart.current?.csv().then((text) => saveFile(`${fileName}.csv`, text, "text/csv"));
  return (
    <div
      role="toolbar"
      aria-label={t("Chart")}
      className="flex min-w-0 flex-wrap items-center gap-2 text-caption"
    >
      <Smoothing value={view.smoothing} onChange={(smoothing) => onChange({ smoothing })} />
      {xKinds.length > 1 && (
        <fieldset aria-label={t("Positions")} className="flex rounded-control bg-sunken p-0.5">
          {xKinds.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={view.xKind === kind}
              onClick={() => onChange({ xKind: kind })}
              className={`h-6 rounded-mark px-2 font-medium ${view.xKind === kind ? "bg-raised text-text shadow-panel" : "text-text-2 hover:bg-hover"}`}
            >
              {names[kind]}
            </button>
          ))}
        </fieldset>
      )}
      <Toggle isOn={view.yLog} onPress={() => onChange({ yLog: !view.yLog })} name={t("Logarithmic y-axis")}>
        {t("log")}
      </Toggle>
      <Toggle
        isOn={view.clipOutliers}
        onPress={() => onChange({ clipOutliers: !view.clipOutliers })}
        name={t("Clip outliers")}
      >
        {t("clip")}
      </Toggle>
      <Toggle isOn={view.asTable} onPress={() => onChange({ asTable: !view.asTable })}>
        {t("as table")}
      </Toggle>
      <span className="flex items-center">
        <Button
          look="ghost"
          size="small"
          icon={Download}
          isDisabled={view.asTable}
          onPress={savePng}
          aria-label={t("Save as PNG")}
        >
          PNG
        </Button>
        <Button
          look="ghost"
          size="small"
          isDisabled={view.asTable}
          onPress={saveSvg}
          aria-label={t("Save as SVG")}
        >
          SVG
        </Button>
        <Button look="ghost" size="small" onPress={saveCsv} aria-label={t("Save as CSV")}>
          CSV
        </Button>
        <Button
          look="ghost"
          size="small"
          icon={Maximize2}
          iconOnly
          onPress={() => void chart.current?.fullScreen()}
        >
          {t("Full screen")}
        </Button>
      </span>
    </div>
  );
}

function Smoothing({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <span className="flex h-6 items-center gap-2 text-muted">
      <label htmlFor={id}>{t("smoothing")}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={value}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
        className="h-6 w-16 cursor-pointer accent-accent"
      />
      <output htmlFor={id} className="w-7 text-text-2 tabular-nums">
        {value.toFixed(2)}
      </output>
    </span>
  );
}

interface ToggleProps {
  isOn: boolean;
  onPress: () => void;
  /** The long name, when the words are short. */
  name?: string;
  children: ReactNode;
}

function Toggle({ isOn, onPress, name, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title={name}
      onClick={onPress}
      className={`h-6 rounded-control border px-2 font-medium ${isOn ? "border-accent-line bg-accent-wash text-accent" : "border-line bg-surface text-text-2 hover:bg-hover"}`}
    >
      {children}
    </button>
  );
}
