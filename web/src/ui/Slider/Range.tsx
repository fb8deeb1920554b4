import type { CSSProperties } from "react";
import { toPosition, toValue } from "./scale.ts";

export interface RangeProps {
  id?: string;
  name?: string | undefined;
  /** Accessible name, where no label points at `id`. */
  label?: string;
  value: number;
  onChange: (value: number) => void;
  minimum: number;
  maximum: number;
  step?: number | undefined;
  scale?: "linear" | "log" | undefined;
  isDisabled?: boolean | undefined;
  isInvalid?: boolean;
  describedBy?: string | undefined;
  /** The value in words, for screen readers. */
  text: string;
  className?: string;
}

const STEPS = 200;
const TRACK =
  "[&::-webkit-slider-runnable-track]:h-1 [&::-webkit-slider-runnable-track]:rounded-full [&::-moz-range-track]:h-1 [&::-moz-range-track]:rounded-full [&::-webkit-slider-runnable-track]:bg-(image:--track) [&::-moz-range-track]:bg-(image:--track)";
const THUMB =
  "[&::-webkit-slider-thumb]:-mt-1.5 [&::-webkit-slider-thumb]:size-4 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:border-2 [&::-webkit-slider-thumb]:border-accent-line [&::-webkit-slider-thumb]:bg-raised [&::-webkit-slider-thumb]:shadow-pop [&::-moz-range-thumb]:size-3 [&::-moz-range-thumb]:rounded-full [&::-moz-range-thumb]:border-2 [&::-moz-range-thumb]:border-accent-line [&::-moz-range-thumb]:bg-raised";

/** The track and thumb alone: 24 px high to touch, linear or logarithmic. */
export function Range(props: RangeProps) {
  const { minimum, maximum, value, scale = "linear", step } = props;
  const isLog = scale === "log";
  const position = toPosition(value, minimum, maximum, scale);
  const done = `${Math.round(position * 1000) / 10}%`;
  const style = {
    "--track": `linear-gradient(to right, var(--accent-line) ${done}, var(--line-strong) ${done})`,
  } as CSSProperties;
  return (
    <input
      type="range"
      id={props.id}
      name={props.name}
      aria-label={props.label}
      min={isLog ? 0 : minimum}
      max={isLog ? STEPS : maximum}
      step={isLog ? 1 : (step ?? "any")}
      value={isLog ? position * STEPS : value}
      onChange={(event) => {
        const raw = event.target.valueAsNumber;
        props.onChange(isLog ? toValue(raw / STEPS, minimum, maximum) : raw);
      }}
      disabled={props.isDisabled}
      aria-invalid={props.isInvalid || undefined}
      aria-describedby={props.describedBy}
      aria-valuetext={props.text}
      style={style}
      className={`h-6 w-full min-w-0 flex-1 cursor-pointer appearance-none rounded-mark bg-transparent disabled:cursor-not-allowed disabled:opacity-50 ${TRACK} ${THUMB} ${props.className ?? ""}`}
    />
  );
}
