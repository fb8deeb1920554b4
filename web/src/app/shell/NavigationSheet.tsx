import { useTranslation } from "../../i18n/i18n.ts";
import { Sheet } from "../../ui/Sheet/Sheet.tsx";
import { Navigation } from "./Sidebar.tsx";

/** All places as a sheet from below, on phones. A press on one of them closes it. */
export default function NavigationSheet({ path, onClose }: { path: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Sheet title={t("Go to")} isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: closes after a link inside was followed, by any means */}
      <div onClick={(event) => (event.target as Element).closest("a") && onClose()} className="pb-4">
        <Navigation path={path} isWide />
      </div>
    </Sheet>
  );
}
