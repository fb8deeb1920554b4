import { useEffect, useRef, useState } from "react";

/** The value, once it has rested for `ms`. */
export function useDebounced<T>(value: T, ms = 250): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setRested(value), ms);
    return () => window.clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

/** A text that is typed here and told when it has rested; changes from outside win. */
export function useTyped(
  outside: string,
  tell: (text: string) => void,
  ms = 250,
): [string, (text: string) => void] {
  const [text, setText] = useState(outside);
  const told = useRef(outside);
  const newest = useRef(tell);
  newest.current = tell;
  useEffect(() => {
    if (outside === told.current) return;
    told.current = outside;
    setText(outside);
  }, [outside]);
  useEffect(() => {
    if (text === told.current) return;
    const timer = window.setTimeout(() => {
      told.current = text;
      newest.current(text);
    }, ms);
    return () => window.clearTimeout(timer);
  }, [text, ms]);
  return [text, setText];
}
