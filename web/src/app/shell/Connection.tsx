import { useEffect, useState } from "react";
import { useWorkspace } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Banner } from "../../ui/Banner/Banner.tsx";
import { formatDuration } from "../../ui/format.ts";

/** A blink is not worth a word. */
const PATIENCE_MS = 2500;

/** Says so when the server cannot be reached. Runs do not need it, and the page catches up by itself. */
export function Connection() {
  const { t } = useTranslation();
  const { lostSince } = useWorkspace();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (lostSince === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [lostSince]);
  if (lostSince === null || now - lostSince < PATIENCE_MS) return null;
  const ago = formatDuration(Math.round((now - lostSince) / 1000));
  return (
    <div className="mx-auto max-w-(--page-max) px-6 pt-4 max-sm:px-4">
      <Banner level="warning">
        {t("Connection lost {{ago}} ago. Runs go on; this page catches up by itself.", { ago })}
      </Banner>
    </div>
  );
}
