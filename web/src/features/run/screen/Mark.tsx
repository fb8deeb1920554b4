import { lazy, Suspense } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { MarkSheet } from "../charts/MarkSheet.tsx";
import type { RunMark } from "../facts/markers.ts";
import { forkHref } from "../head/useRunActions.ts";
import { AskXray } from "../xray/AskXray.tsx";
import type { Xrays } from "../xray/useXray.ts";
import { leaveOutHref, stepOf } from "../xray/xrays.ts";
import type { ScreenProps } from "./types.ts";

const XrayView = lazy(() => import("../xray/XrayView.tsx"));

interface MarkProps extends ScreenProps {
  marks: readonly RunMark[];
  dataset: string;
  /** Not given where the work has no steps to look into. */
  xrays: Xrays | null;
}

/** The opened mark, with what can be done with its checkpoint. */
export function Mark(props: MarkProps) {
  const { data, marks, dataset, search, onSearch, onGo, tidy, xrays } = props;
  const { t } = useTranslation();
  const mark = marks.find((each) => each.id === search.mark) ?? null;
  const checkpoint =
    mark?.kind === "checkpoint" ? (data.checkpoints.find((each) => each.step === mark.step) ?? null) : null;
  const close = () => onSearch({ mark: undefined });
  const seen = mark && xrays?.all.find(({ ofStep }) => ofStep === stepOf(mark));
  const model = encodeURIComponent(checkpoint?.reference ?? "");
  return (
    <MarkSheet
      mark={mark}
      onClose={close}
      dataset={dataset}
      checkpoint={checkpoint}
      isWide={Boolean(seen)}
      xray={
        xrays && mark && stepOf(mark) > 0 ? (
          <div className="grid gap-3 border-t border-line pt-4">
            <AskXray
              step={stepOf(mark)}
              state={xrays.stateOf(stepOf(mark))}
              canAsk={xrays.canAsk}
              onAsk={() => xrays.ask(stepOf(mark))}
            />
            {seen && (
              <Suspense fallback={<LoadingState text={t("Reading the X-ray")} height={240} />}>
                <XrayView
                  xray={seen}
                  dataset={dataset}
                  checkpoints={data.checkpoints.map((each) => each.step)}
                  onLeaveOut={(rows, from) => onGo(leaveOutHref(data.run.id, rows, from))}
                />
              </Suspense>
            )}
          </div>
        ) : undefined
      }
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
            <Button onPress={() => onGo(forkHref(data.run, checkpoint?.step ?? null))}>
              {t("Fork from here")}
            </Button>
          </span>
        )
      }
    />
  );
}
