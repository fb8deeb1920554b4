import { type ReactNode, useEffect, useRef, useState } from "react";

/** The part of an overlay that scrolls; it takes focus only when there is something to scroll. */
export function ScrollBody({ children, className = "" }: { children: ReactNode; className?: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setIsLong(element.scrollHeight > element.clientHeight + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      {...(isLong ? { tabIndex: 0 } : {})}
      className={`min-h-0 overflow-y-auto outline-focus -outline-offset-2 ${className}`}
    >
      <div>{children}</div>
    </div>
  );
}
