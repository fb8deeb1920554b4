import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from "react-aria-components/Tabs";
import { formatShort } from "../format.ts";
import { BAR, COUNT, TAB } from "./look.ts";

export interface TabItem<T extends string = string> {
  id: T;
  label: string;
  /** Only where it asks for attention or says how much there is. */
  count?: number | undefined;
  content?: ReactNode;
  isDisabled?: boolean;
}

export interface TabsProps<T extends string = string> {
  /** What the tabs are parts of, for screen readers. */
  label: string;
  items: readonly TabItem<T>[];
  value: T;
  onChange: (value: T) => void;
  /** The chosen tab's content, where items bring none: only this one is drawn. */
  children?: ReactNode;
  className?: string;
}

/** Parts of one thing, one at a time. Where each part has an address of its own, use TabNav. */
export function Tabs<T extends string>(props: TabsProps<T>) {
  const { label, items, value, onChange, children, className = "" } = props;
  return (
    <AriaTabs
      selectedKey={value}
      onSelectionChange={(key) => {
        const next = items.find((item) => item.id === key);
        if (next) onChange(next.id);
      }}
      className={`min-w-0 ${className}`}
    >
      <TabList aria-label={label} className={BAR}>
        {items.map((item) => (
          <Tab
            key={item.id}
            id={item.id}
            isDisabled={item.isDisabled ?? false}
            className={`${TAB} data-[focus-visible]:outline-2 data-[selected]:border-accent-line data-[selected]:font-medium data-[selected]:text-text`}
          >
            {item.label}
            {item.count !== undefined && <span className={COUNT}>{formatShort(item.count)}</span>}
          </Tab>
        ))}
      </TabList>
      {items.map((item) => (
        <TabPanel key={item.id} id={item.id} className="pt-4 outline-offset-4 outline-focus">
          {item.content ?? children}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
