import { Menu as MenuIcon, Monitor, Moon, Search, Sun } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useWorkspace } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { Kbd } from "../../ui/Kbd/Kbd.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { chooseTheme, shownTheme, storedTheme, type ThemeChoice } from "../preferences.ts";
import { placeOf } from "./places.ts";

const NavigationSheet = lazy(() => import("./NavigationSheet.tsx"));
const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Where one is, the command bar, the theme. On phones only icons stay. */
export function TopBar({ path, onSearch }: { path: string; onSearch: () => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-10 flex h-12 items-center gap-2 border-b border-line bg-bg px-6 max-sm:px-4">
      <span className="-ml-2 sm:hidden">
        <Button look="ghost" icon={MenuIcon} iconOnly className="size-11" onPress={() => setOpen(true)}>
          {t("Menu")}
        </Button>
      </span>
      <Crumbs path={path} />
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K"
        className="ml-auto flex h-8 w-65 shrink-0 items-center gap-2 rounded-control border border-line bg-surface pr-1.5 pl-2.5 text-muted hover:bg-hover max-sm:size-11 max-sm:justify-center max-sm:border-transparent max-sm:bg-transparent max-sm:p-0"
      >
        <Icon of={Search} />
        <span className="max-sm:sr-only">{t("Search or run a command")}</span>
        <span className="ml-auto max-sm:hidden">
          <Kbd keys="Ctrl K" />
        </span>
      </button>
      <ThemeButton />
      {isOpen && (
        <Suspense>
          <NavigationSheet path={path} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </header>
  );
}

function Crumbs({ path }: { path: string }) {
  const { t } = useTranslation();
  const { runs } = useWorkspace();
  const place = placeOf(path);
  if (!place) return <span />;
  const rest = decodeURIComponent(path.slice(place.href.length).replace(/^\//, ""));
  const name = runs.find((run) => run.id === rest)?.name ?? rest;
  return (
    <nav aria-label={t("Where you are")} className="flex min-w-0 items-center gap-2 text-muted">
      {rest ? (
        <>
          <Link href={place.href} look="quiet">
            {t(place.name)}
          </Link>
          <span aria-hidden="true">/</span>
          <span aria-current="page" className="truncate text-text">
            {name}
          </span>
        </>
      ) : (
        <span aria-current="page" className="truncate text-text">
          {t(place.name)}
        </span>
      )}
    </nav>
  );
}

function ThemeButton() {
  const { t } = useTranslation();
  const [choice, setChoice] = useState(storedTheme);
  const names = { system: t("as the system"), light: t("light"), dark: t("dark") };
  const next = () => {
    // The first press always shows a change: from the system's theme to the other one.
    const following = choice === "system" && shownTheme("system") === "light" ? "dark" : NEXT[choice];
    chooseTheme(following);
    setChoice(following);
  };
  return (
    <Button look="ghost" icon={ICONS[choice]} iconOnly className="max-sm:size-11" onPress={next}>
      {t("Theme: {{name}}", { name: names[choice] })}
    </Button>
  );
}
