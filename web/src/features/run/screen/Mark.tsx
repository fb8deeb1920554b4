import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { MarkSheet } from "../charts/MarkSheet.tsx";
import type { RunMark } from "../facts/markers.ts";
import type { ScreenProps } from "./types.ts";

interface MarkProps extends ScreenProps {
  marks: readonly RunMark[];
  dataset: string;
}

/** The opened mark, with what can be done with its checkpoint. */
export function Mark({ data, marks, dataset, search, onSearch, onGo, tidy }: MarkProps) {
  const { t } = useTranslation();
  const mark = marks.find((each) => each.id === search.mark) ?? null;
  const checkpoint =
    mark?.kind === "checkpoint" ? (data.checkpoints.find((each) => each.step === mark.step) ?? null) : null;
  const close = () => onSearch({ mark: undefined });
  const model = encodeURIComponent(checkpoint?.reference ?? "");
  return (
    <MarkSheet
      mark={mark}
      onClose={close}
      dataset={dataset}
      checkpoint={checkpoint}
      actions={
        checkpoint && (
          <span className="flex flex-wrap items-center gap-3">
            <Link href={`/generate?model=${model}`}>{t("Try it")}</Link>
            <Link href={`/evaluate?model=${model}`}>{t("Evaluate")}</Link>
            <Link href={`/export?model=${model}`}>{t("Export")}</Link>
            <Button
              look="danger"
              onPress={() => {
                close();
                tidy.removeCheckpoint(checkpoint);
              }}
            >
              {t("Delete")}
            </Button>
            <Button onPress={() => onGo(`/recipes/edit?from=${data.run.id}&model=${model}`)}>
              {t("Fork from here")}
            </Button>
          </span>
        )
      }
    />
  );
}
