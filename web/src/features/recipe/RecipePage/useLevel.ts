import { useState } from "react";
import { LEVELS, type Level } from "../../../forms/model/sections.ts";

const KEY = "tokenloom.level";

function read(): Level {
  try {
    const kept = localStorage.getItem(KEY);
    return LEVELS.find((level) => level === kept) ?? "beginner";
  } catch {
    return "beginner";
  }
}

/** How much of the form is shown, remembered in this browser. */
export function useLevel(): [Level, (level: Level) => void] {
  const [level, setLevel] = useState(read);
  const choose = (next: Level) => {
    setLevel(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A browser that keeps nothing shows beginners' settings next time.
    }
  };
  return [level, choose];
}
