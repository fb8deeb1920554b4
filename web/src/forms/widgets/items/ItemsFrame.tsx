import type { ReactNode, RefObject } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { FieldFrame } from "../../../ui/FieldFrame/FieldFrame.tsx";
import type { Entry } from "../../model/entries.ts";
import type { Item } from "../../model/items.ts";
import { Inside } from "../../SchemaForm/Inside.tsx";
import type { WidgetProps } from "../types.ts";

interface ItemsFrameProps extends Pick<WidgetProps, "frame" | "onChange"> {
  entry: Entry;
  root: RefObject<HTMLDivElement | null>;
  items: readonly Item[];
  /** What was done last, for those who do not see it. */
  said: string;
  /** One item, at its place. */
  children: (item: Item, at: number) => ReactNode;
  /** The way to one more. */
  add: ReactNode;
}

/** Items of a list or a map below each other under one label, and the way to one more. */
export function ItemsFrame({ entry, frame, onChange, root, items, said, children, add }: ItemsFrameProps) {
  const { t } = useTranslation();
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId, describedBy }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend beside the label
        <div
          role="group"
          ref={root}
          aria-labelledby={labelId}
          aria-describedby={describedBy}
          className="grid gap-3"
        >
          {items.length === 0 && <p className="text-caption text-muted">{t("None yet.")}</p>}
          <Inside entry={entry} onChange={onChange}>
            {items.map(children)}
          </Inside>
          {add}
          <span role="status" className="sr-only">
            {said}
          </span>
        </div>
      )}
    </FieldFrame>
  );
}
