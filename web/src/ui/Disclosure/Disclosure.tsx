import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Disclosure as AriaDisclosure, DisclosurePanel } from "react-aria-components/Disclosure";
import { Heading } from "react-aria-components/Heading";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";

export interface DisclosureProps {
  title: string;
  /** What is inside, in a few words, right of the title; hidden on phones. */
  summary?: ReactNode;
  children: ReactNode;
  defaultExpanded?: boolean;
  isExpanded?: boolean;
  onExpandedChange?: (isExpanded: boolean) => void;
  /** How many values inside need a look. */
  errorCount?: number;
  /** Level of the heading. */
  level?: 2 | 3 | 4;
  className?: string;
}

/** A section of a form that one may not need: 44 px, a line above, its state in a few words. */
export function Disclosure(props: DisclosureProps) {
  const { title, summary, children, errorCount = 0, level = 3, className = "" } = props;
  const { t } = useTranslation();
  const open = props.isExpanded === undefined ? {} : { isExpanded: props.isExpanded };
  const told = props.onExpandedChange ? { onExpandedChange: props.onExpandedChange } : {};
  return (
    <AriaDisclosure
      defaultExpanded={props.defaultExpanded ?? false}
      {...open}
      {...told}
      className={`group/disc border-t border-line ${className}`}
    >
      <Heading level={level} className="text-sm">
        <Button
          slot="trigger"
          className="flex min-h-11 w-full items-center gap-2 px-4 text-left font-semibold outline-focus -outline-offset-2 data-[focus-visible]:outline-2 data-[hovered]:bg-hover"
        >
          <Icon
            of={ChevronRight}
            muted
            className="transition-transform duration-(--motion-base) ease-out group-data-[expanded]/disc:rotate-90"
          />
          <span className="shrink-0">{title}</span>
          {errorCount > 0 && (
            <span className="inline-flex shrink-0 items-center gap-1.5 text-caption font-normal text-danger">
              <span aria-hidden="true" className="size-1.5 rounded-[1px] bg-danger-mark" />
              {t("{{count}} values need a look", {
                count: errorCount,
                defaultValue_one: "{{count}} value needs a look",
              })}
            </span>
          )}
          {summary && (
            <span className="ml-auto min-w-0 truncate text-caption font-normal text-muted max-sm:hidden">
              {summary}
            </span>
          )}
        </Button>
      </Heading>
      <DisclosurePanel>
        <div className="px-4 pt-2 pb-4">{children}</div>
      </DisclosurePanel>
    </AriaDisclosure>
  );
}
