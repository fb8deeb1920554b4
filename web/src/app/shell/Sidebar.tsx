import { LIVE_STATES, TRAINING_TASKS, useWorkspace } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../../ui/Icon/Icon.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { Logo } from "../../ui/Logo/Logo.tsx";
import { FOOT, MODEL, type Place, placeOf, WORK } from "./places.ts";

/** The way through the work; a rail of icons on middle widths, inside a sheet on phones. */
export function Sidebar({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <aside className="sticky top-0 z-10 flex h-dvh flex-col gap-1 overflow-y-auto px-3 pb-3 max-md:px-2 max-sm:hidden">
      <Link
        href="/"
        look="block"
        aria-label={t("Tokenloom, home")}
        className="flex h-12 shrink-0 items-center px-2 max-md:justify-center max-md:px-0"
      >
        <span className="max-md:hidden">
          <Logo word />
        </span>
        <span className="md:hidden">
          <Logo />
        </span>
      </Link>
      <Navigation path={path} />
    </aside>
  );
}

/** All places, as groups. `isWide` keeps the names also where the sidebar is a rail. */
export function Navigation({ path, isWide = false }: { path: string; isWide?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Group title={t("Work")} places={WORK} path={path} isWide={isWide} />
      <Group title={t("Model")} places={MODEL} path={path} isWide={isWide} />
      <div className="mt-auto border-t border-line pt-2">
        <Group title={t("Studio")} places={FOOT} path={path} isWide={isWide} isBare />
      </div>
    </>
  );
}

interface GroupProps {
  title: string;
  places: readonly Place[];
  path: string;
  isWide: boolean;
  isBare?: boolean;
}

function Group({ title, places, path, isWide, isBare = false }: GroupProps) {
  const hidden = isWide ? "" : "max-md:hidden";
  return (
    <nav aria-label={title}>
      {!isBare && (
        <p aria-hidden="true" className={`px-2 pt-3 pb-1 text-xs font-medium text-muted ${hidden}`}>
          {title}
        </p>
      )}
      <ul className="flex flex-col gap-px">
        {places.map((place) => (
          <li key={place.href}>
            <Entry place={place} isCurrent={placeOf(path)?.href === place.href} isWide={isWide} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Entry({ place, isCurrent, isWide }: { place: Place; isCurrent: boolean; isWide: boolean }) {
  const { t } = useTranslation();
  const note = useNote(place.href);
  const look = isCurrent
    ? "bg-surface font-medium text-text shadow-[0_0_0_1px_var(--line),var(--shadow-1)]"
    : "text-text-2 hover:bg-hover";
  const height = isWide ? "h-11" : "h-[30px] max-md:h-9";
  const rail = isWide ? "" : "max-md:justify-center";
  return (
    <Link
      href={place.href}
      look="block"
      {...(isCurrent ? { "aria-current": "page" as const } : {})}
      className={`flex items-center gap-2.5 rounded-control px-2 transition-colors duration-(--motion-fast) ${height} ${rail} ${look}`}
    >
      <span title={isWide ? undefined : t(place.name)} className="flex">
        <Icon of={place.icon} className={isCurrent ? "text-accent" : "text-muted"} />
      </span>
      <span className={isWide ? "" : "max-md:sr-only"}>{t(place.name)}</span>
      {note && (
        <span className={`ml-auto text-xs font-normal text-muted ${isWide ? "" : "max-md:sr-only"}`}>
          {note}
        </span>
      )}
    </Link>
  );
}

/** A count only where it asks for attention. */
function useNote(href: string): string {
  const { t } = useTranslation();
  const { runs } = useWorkspace();
  if (href !== "/runs") return "";
  const live = runs.filter((run) => TRAINING_TASKS.has(run.task) && LIVE_STATES.has(run.state)).length;
  return live > 0 ? t("{{count}} live", { count: live }) : "";
}
