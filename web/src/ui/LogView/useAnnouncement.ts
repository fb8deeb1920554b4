import { useEffect, useRef, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";

const PAUSE = 5000;

/** What is said about new lines: how many, and the last one; at most every five seconds. */
export function useAnnouncement(lines: readonly { text: string }[]): string {
  const { t } = useTranslation();
  const [said, setSaid] = useState("");
  const heard = useRef({ count: lines.length, at: 0 });
  useEffect(() => {
    const fresh = lines.length - heard.current.count;
    if (fresh <= 0) {
      heard.current.count = lines.length;
      return;
    }
    const wait = Math.max(0, heard.current.at + PAUSE - Date.now());
    const timer = window.setTimeout(() => {
      heard.current = { count: lines.length, at: Date.now() };
      setSaid(
        t("{{count}} new lines. Last: {{last}}", {
          count: fresh,
          last: lines.at(-1)?.text ?? "",
          defaultValue_one: "New line: {{last}}",
        }),
      );
    }, wait);
    return () => window.clearTimeout(timer);
  }, [lines, t]);
  return said;
}
