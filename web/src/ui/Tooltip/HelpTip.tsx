import { CircleHelp } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";
import { Popover } from "../Popover/Popover.tsx";

export interface HelpTipProps {
  /** What it explains: "Perplexity". */
  about: string;
  /** Two or three sentences, perhaps a formula or a link. */
  children: ReactNode;
}

/** A question mark that opens an explanation by press: it works by finger, too, and may hold a link. */
export function HelpTip({ about, children }: HelpTipProps) {
  const { t } = useTranslation();
  const name = t("What is {{about}}?", { about });
  return (
    <Popover
      label={name}
      placement="top"
      className="w-72 text-caption leading-[18px]"
      trigger={
        <Button look="ghost" size="small" icon={CircleHelp} iconOnly className="text-muted">
          {name}
        </Button>
      }
    >
      {children}
    </Popover>
  );
}
