import type { ComponentType } from "react";
import type { Control } from "../model/model.ts";
import { ChoicesWidget } from "./ChoicesWidget.tsx";
import { EnumWidget } from "./EnumWidget.tsx";
import { ListWidget } from "./items/ListWidget.tsx";
import { MapWidget } from "./items/MapWidget.tsx";
import { NumberWidget } from "./NumberWidget.tsx";
import { ReferenceWidget } from "./ReferenceWidget.tsx";
import { SwitchWidget } from "./SwitchWidget.tsx";
import { TextWidget } from "./TextWidget.tsx";
import type { WidgetProps } from "./types.ts";
import { UnionWidget } from "./UnionWidget.tsx";
import { WordsWidget } from "./WordsWidget.tsx";

type Leaf = Exclude<Control["type"], "group" | "const">;

const WIDGETS: Record<Leaf, ComponentType<WidgetProps>> = {
  number: NumberWidget,
  text: TextWidget,
  switch: SwitchWidget,
  enum: EnumWidget,
  words: WordsWidget,
  choices: ChoicesWidget,
  union: UnionWidget,
  list: ListWidget,
  map: MapWidget,
};

/** The control that fits the type of a setting. */
export function Widget(props: WidgetProps) {
  const { type } = props.entry.field.control;
  if (type === "group" || type === "const") return null;
  const isReference = type === "text" && props.options !== undefined;
  const Chosen = isReference ? ReferenceWidget : WIDGETS[type];
  return <Chosen {...props} />;
}
