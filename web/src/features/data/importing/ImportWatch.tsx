import { useTranslation } from "../../../i18n/i18n.ts";
import { formatCount } from "../../../ui/format.ts";
import { toast } from "../../../ui/Toast/toast.ts";
import { hrefOf, referenceOf } from "../facts/names.ts";
import { dropItem, useQueue } from "./queue.ts";
import { type Made, useMakingRun } from "./useImportRun.ts";

function Watched({ run, onMade }: { run: string; onMade: (made: Made) => void }) {
  useMakingRun(run, onMade);
  return null;
}

/** Watches every import to its end, also while the sheet is closed: says what was made, and goes to an only one. */
export function ImportWatch({ onGo }: { onGo: (href: string) => void }) {
  const { t } = useTranslation();
  const queue = useQueue();
  const isAlone = queue.length === 1;
  return queue
    .filter(({ run }) => run !== "")
    .map(({ key, run }) => (
      <Watched
        key={run}
        run={run}
        onMade={(made) => {
          const name = referenceOf(made);
          const open = { label: t("Open"), onPress: () => onGo(hrefOf(made)) };
          const message = t("{{name}} is imported: {{rows}} rows, {{bad}} set aside.", {
            name,
            rows: formatCount(made.rows),
            bad: formatCount(made.bad),
          });
          toast({ message, tone: "success", ...(isAlone ? {} : { action: open }) });
          if (!isAlone) return;
          dropItem(key);
          onGo(hrefOf(made));
        }}
      />
    ));
}
