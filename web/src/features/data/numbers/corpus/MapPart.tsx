import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { mapQuery, startMap } from "../../../../data/looking/inspection.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { RunLine } from "../../importing/RunLine.tsx";
import { useMakingRun, useProgress } from "../../importing/useImportRun.ts";
import { MapBy } from "./MapBy.tsx";
import { MapPanel } from "./MapPanel.tsx";

interface MapPartProps {
  reference: string;
  split: string;
  /** Reference of the model that lays the rows out; empty: their words do. */
  model: string;
  onModel: (model: string) => void;
  onRows: (rows: readonly number[]) => void;
  onRow: (row: number) => void;
}

/** The run that lays rows out, to its end; a failed one stays with its reason. */
function Watching({ id, onEnd, onRetry }: { id: string; onEnd: () => void; onRetry: () => void }) {
  const { t } = useTranslation();
  const { run } = useMakingRun(id);
  const progress = useProgress(id);
  const isOver = run?.state === "completed" || run?.state === "stopped";
  useEffect(() => {
    if (isOver) onEnd();
  }, [isOver, onEnd]);
  if (!run || isOver) return null;
  return <RunLine name={t("Laying the rows out")} run={run} progress={progress} onRetry={onRetry} />;
}

/** The map of one part, by words at once or by a model through a run. */
export function MapPart({ reference, split, model, onModel, onRows, onRow }: MapPartProps) {
  const client = useQueryClient();
  const map = useQuery(mapQuery(reference, split, model));
  const asked = `${reference} ${split} ${model}`;
  const [run, setRun] = useState({ id: "", asked });
  const [problem, setProblem] = useState<{ error: unknown; asked: string } | null>(null);
  const [allowsDownload, setAllowed] = useState(false);
  const make = (allows: boolean) => {
    setProblem(null);
    setAllowed(allows);
    startMap(reference, split, model, allows).then(
      ({ id }) => setRun({ id, asked }),
      (error: unknown) => setProblem({ error, asked }),
    );
  };
  const end = useCallback(() => {
    setRun({ id: "", asked: "" });
    void client.invalidateQueries({ queryKey: ["dataset", reference, "map"] });
  }, [client, reference]);
  const failed = problem?.asked === asked ? problem.error : null;
  return (
    <MapPanel
      map={map.data ?? null}
      error={failed ?? map.error}
      onRetry={() => (failed ? make(allowsDownload) : void map.refetch())}
      by={<MapBy model={model} onModel={onModel} />}
      onMake={make}
      onRows={onRows}
      onRow={onRow}
      {...(run.id && run.asked === asked
        ? { watch: <Watching key={run.id} id={run.id} onEnd={end} onRetry={() => make(allowsDownload)} /> }
        : {})}
    />
  );
}
