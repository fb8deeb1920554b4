import { useTranslation } from "../../i18n/i18n.ts";
import { Link, type LinkProps } from "../Link/Link.tsx";

export interface Crumb {
  label: string;
  /** Left out for the page itself. */
  href?: string;
  /** Draws a router's own link. */
  render?: LinkProps["render"];
}

export interface BreadcrumbsProps {
  /** From the outermost to the page itself. */
  items: readonly Crumb[];
  className?: string;
}

/** Where this page lies. The last is the page itself and no link. */
export function Breadcrumbs({ items, className = "" }: BreadcrumbsProps) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("Breadcrumb")} className={`min-w-0 ${className}`}>
      <ol className="flex min-w-0 items-center gap-2 whitespace-nowrap text-muted">
        {items.map((item, index) => {
          const isLast = index === items.length - 1;
          return (
            <li
              key={`${item.label}-${item.href ?? ""}`}
              className={`flex items-center gap-2 ${isLast ? "min-w-0" : "shrink-0 max-sm:not-nth-last-2:hidden"}`}
            >
              {index > 0 && (
                <span aria-hidden="true" className={isLast ? "" : "max-sm:hidden"}>
                  /
                </span>
              )}
              {item.href && !isLast ? (
                <Link
                  look="quiet"
                  href={item.href}
                  {...(item.render ? { render: item.render } : {})}
                  className="inline-flex min-h-6 items-center"
                >
                  {item.label}
                </Link>
              ) : (
                <span
                  className={isLast ? "truncate text-text" : ""}
                  {...(isLast ? { "aria-current": "page" as const } : {})}
                >
                  {item.label}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
