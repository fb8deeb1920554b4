import { useEffect, useRef, useState } from "react";

export interface PoliteProps {
  /** Read out once it has rested, at most every few seconds. */
  children: string;
}

const REST_MS = 700;
const EVERY_MS = 3000;

/** A polite live region that waits for rest: a moving cursor does not talk over itself. */
export function Polite({ children }: PoliteProps) {
  const [spoken, setSpoken] = useState("");
  const last = useRef(0);
  useEffect(() => {
    if (children === "") return;
    const wait = Math.max(REST_MS, last.current + EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSpoken(children);
    }, wait);
    return () => clearTimeout(timer);
  }, [children]);
  return (
    <div role="status" className="sr-only">
      {spoken}
    </div>
  );
}
