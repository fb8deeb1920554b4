import { Search } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Icon } from "../Icon/Icon.tsx";

export interface LogSearchProps {
  value: string;
  onChange: (value: string) => void;
}

/** The field over a log: shows only the lines with these words. Escape empties it. */
export function LogSearch({ value, onChange }: LogSearchProps) {
  const { t } = useTranslation();
  return (
    <label className="inline-flex h-6 min-w-0 items-center gap-1.5 rounded-control border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-focus max-sm:h-8">
      <Icon of={Search} size={12} muted />
      <span className="sr-only">{t("Search the log")}</span>
      <input
        type="text"
        value={value}
        placeholder={t("Search")}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
        className="w-32 min-w-0 bg-transparent text-caption outline-none placeholder:text-muted"
      />
    </label>
  );
}
