import { type ReactNode, useEffect, useRef, useState } from "react";

/** The computed value of a CSS variable, read again when the theme changes. */
export function useToken(name: string): { value: string; ref: (node: HTMLElement | null) => void } {
  const [value, setValue] = useState("");
  const node = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const read = () =>
      setValue(
        getComputedStyle(node.current ?? document.documentElement)
          .getPropertyValue(name)
          .trim(),
      );
    read();
    const watcher = new MutationObserver(read);
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => watcher.disconnect();
  }, [name]);
  return {
    value,
    ref: (element) => {
      node.current = element;
    },
  };
}

export interface SwatchProps {
  /** Name of the CSS variable, with its dashes. */
  name: string;
  /** What is shown: by default a field in that colour. */
  children?: ReactNode;
}

/** One token: what it looks like, its name, its value now. */
export function Swatch({ name, children }: SwatchProps) {
  const { value, ref } = useToken(name);
  return (
    <div ref={ref} className="flex min-w-0 items-center gap-3">
      {children ?? (
        <span
          className="size-8 shrink-0 rounded-control border border-line-strong"
          style={{ background: `var(${name})` }}
        />
      )}
      <span className="min-w-0">
        <code className="block text-caption wrap-anywhere">{name}</code>
        <span className="block text-xs wrap-anywhere text-muted">{value}</span>
      </span>
    </div>
  );
}

/** Swatches under a heading. */
export function Shelf({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mb-8">
      <h2 className="mb-3 text-md">{title}</h2>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-4">{children}</div>
    </section>
  );
}
