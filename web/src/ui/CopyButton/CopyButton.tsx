import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../Button/Button.tsx";

export interface CopyButtonProps {
  /** What is copied, exactly. A function is asked when the button is pressed. */
  text: string | (() => string);
  /** What the button says. */
  label?: string;
  /** Shows the icon alone. */
  iconOnly?: boolean;
  look?: "ghost" | "secondary";
}

type Result = "none" | "copied" | "refused";

/** Copies a text and says whether that worked, to eyes and to screen readers. */
export function CopyButton({ text, label, iconOnly = false, look = "ghost" }: CopyButtonProps) {
  const { t } = useTranslation();
  const [result, setResult] = useState<Result>("none");
  useEffect(() => {
    if (result === "none") return;
    const timer = window.setTimeout(() => setResult("none"), 3000);
    return () => window.clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setResult("copied");
    } catch {
      setResult("refused");
    }
  };
  const said = {
    none: "",
    copied: t("Copied"),
    refused: t("The browser refused to copy. Select the text and copy it."),
  };
  return (
    <span className="inline-flex items-center gap-2">
      <Button
        look={look}
        size="small"
        icon={result === "copied" ? Check : Copy}
        iconOnly={iconOnly}
        onPress={() => void copy()}
      >
        {label ?? t("Copy")}
      </Button>
      <span role="status" className={result === "refused" ? "text-caption text-danger" : "sr-only"}>
        {said[result]}
      </span>
    </span>
  );
}
