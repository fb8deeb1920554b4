import { HelpPage } from "../../features/help/HelpPage.tsx";
import { LANGUAGES, useTranslation } from "../../i18n/i18n.ts";
import { chooseLanguage, storedLanguage } from "../preferences.ts";
import { PLACES } from "../shell/places.ts";

export function Page() {
  const { t } = useTranslation();
  const places = PLACES.map(({ name, href, shortcut }) => ({
    name: t(name),
    href,
    keys: shortcut.toUpperCase(),
  }));
  return (
    <HelpPage places={places} language={storedLanguage()} languages={LANGUAGES} onLanguage={chooseLanguage} />
  );
}
