import { ScatterChart } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { Checkbox } from "../../../../ui/Checkbox/Checkbox.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";

export interface MapUnknownProps {
  model: string;
  /** Whether the model would first be fetched from the hub. */
  needsDownload: boolean;
  onMake: (allowsDownload: boolean) => void;
  watch?: ReactNode;
}

/** In place of a map that no run has made yet: what would make it, and leave for a download where it needs one. */
export function MapUnknown({ model, needsDownload, onMake, watch }: MapUnknownProps) {
  const { t } = useTranslation();
  const [isAllowed, setAllowed] = useState(false);
  if (watch) return <div className="py-4">{watch}</div>;
  return (
    <EmptyState
      title={t("The rows were not laid out by this model yet")}
      text={t("A run lets {{model}} read them; it shows how far it is and can be stopped.", { model })}
      action={
        <div className="grid justify-items-start gap-3">
          {needsDownload && (
            <Checkbox
              label={t("Fetch the model from the Hugging Face Hub")}
              help={t(
                "{{model}} is not on this machine. The run may fetch it from the network; nothing is fetched before.",
                { model },
              )}
              value={isAllowed}
              onChange={setAllowed}
            />
          )}
          <Button
            look="primary"
            icon={ScatterChart}
            isDisabled={needsDownload && !isAllowed}
            onPress={() => onMake(isAllowed)}
          >
            {t("Lay the rows out")}
          </Button>
        </div>
      }
    />
  );
}
