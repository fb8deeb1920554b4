import { useTranslation } from "../../i18n/i18n.ts";
import { useActions } from "../../ui/actions.ts";
import { Dialog } from "../../ui/Dialog/Dialog.tsx";
import { Kbd } from "../../ui/Kbd/Kbd.tsx";
import { PLACES } from "./places.ts";

/** All keys that do something here. */
export default function KeyMap({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const actions = useActions().filter((action) => action.shortcut);
  const general = [
    { keys: "Ctrl K", name: t("Search or run a command") },
    { keys: "?", name: t("This list") },
    { keys: "Esc", name: t("Close, or back to the whole chart") },
  ];
  return (
    <Dialog title={t("Keys")} isOpen={isOpen} onOpenChange={(isNowOpen) => !isNowOpen && onClose()}>
      <div className="grid gap-4 sm:grid-cols-2">
        {actions.length > 0 && (
          <Keys
            title={t("This page")}
            rows={actions.map((each) => ({ keys: (each.shortcut ?? "").toUpperCase(), name: each.label }))}
          />
        )}
        <Keys title={t("Everywhere")} rows={general} />
        <Keys
          title={t("Go to")}
          rows={PLACES.map((place) => ({ keys: place.shortcut.toUpperCase(), name: t(place.name) }))}
        />
      </div>
    </Dialog>
  );
}

function Keys({ title, rows }: { title: string; rows: { keys: string; name: string }[] }) {
  return (
    <section>
      <h3 className="mb-1 text-caption text-muted">{title}</h3>
      <dl>
        {rows.map((row) => (
          <div key={row.name} className="flex items-center justify-between gap-4 py-1">
            <dt>{row.name}</dt>
            <dd className="flex gap-1">
              {row.keys.split(" ").map((key, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: "G G" names one key twice, and the order never changes
                <Kbd key={at} keys={key} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
