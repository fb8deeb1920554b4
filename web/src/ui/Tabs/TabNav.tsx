import { useEffect, useRef } from "react";
import { Link, type LinkProps } from "react-aria-components/Link";
import { formatShort } from "../format.ts";
import { BAR, COUNT, TAB } from "./look.ts";

export interface TabNavItem {
  id: string;
  label: string;
  href: string;
  count?: number | undefined;
}

export interface TabNavProps {
  /** Names the navigation for screen readers. */
  label: string;
  items: readonly TabNavItem[];
  /** Id of the page one is on. */
  value: string;
  /** Draws a router's own link. */
  render?: LinkProps["render"];
  className?: string;
}

/** Tabs that are pages: links with an address each, so that back, reload and a new window work. */
export function TabNav({ label, items, value, render, className = "" }: TabNavProps) {
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page moves the mark that is looked for
  useEffect(() => {
    const [here, around] = [bar.current?.querySelector<HTMLElement>("[aria-current]"), bar.current];
    if (!here || !around) return; // sideways alone: the page itself stays where it is
    const right = here.offsetLeft + here.offsetWidth - around.offsetLeft;
    if (right > around.scrollLeft + around.clientWidth) around.scrollLeft = right - around.clientWidth;
  }, [value]);
  return (
    <nav ref={bar} aria-label={label} className={`${BAR} ${className}`}>
      {items.map((item) => (
        <Link
          key={item.id}
          href={item.href}
          {...(render ? { render } : {})}
          {...(item.id === value ? { "aria-current": "page" as const } : {})}
          className={`${TAB} aria-[current]:border-accent-line aria-[current]:font-medium aria-[current]:text-text`}
        >
          {item.label}
          {item.count !== undefined && <span className={COUNT}>{formatShort(item.count)}</span>}
        </Link>
      ))}
    </nav>
  );
}
