import { useMutation, useQuery } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { type DatasetDetail, datasetsQuery, refineDataset } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { MakingRun } from "../state/MakingRun.tsx";
import { type StepDraft, specsOf } from "./steps/drafts.ts";

export interface MakeVersionProps {
  dataset: DatasetDetail;
  reference: string;
  steps: readonly StepDraft[];
  into: string;
  onInto: (into: string) => void;
  /** The run that was started last, from the address; a reload finds it again. */
  run: string;
  onRun: (run: string) => void;
  /** Why it cannot be made now; empty when it can. */
  waitsFor: string;
}

/** Runs the steps over all rows into a new version, and follows it to its end. */
export function MakeVersion(props: MakeVersionProps) {
  const { dataset, reference, steps, into, onInto, run, onRun, waitsFor } = props;
  const { t } = useTranslation();
  const { data } = useQuery(datasetsQuery);
  const name = into.trim() || dataset.name;
  const versions = (data?.items ?? []).filter((item) => item.name === name).map(({ version }) => version);
  const next = 1 + Math.max(0, ...versions);
  const start = useMutation({
    mutationFn: () => refineDataset(reference, specsOf(steps), into.trim()),
    onSuccess: ({ id }) => onRun(id),
  });
  return (
    <Panel
      title={t("Make a version")}
      footer={t("{{reference}} stays as it is. Rows that go are kept with their reason.", { reference })}
    >
      <div className="grid gap-3">
        <TextField
          label={t("Name")}
          help={t("Another name makes a dataset of its own.")}
          value={into}
          onChange={onInto}
          placeholder={dataset.name}
        />
        <Button
          look="primary"
          icon={Sparkles}
          isDisabled={waitsFor !== ""}
          isPending={start.isPending}
          onPress={() => start.mutate()}
          className="justify-self-start"
        >
          {t("Make {{name}} version {{version}}", { name, version: next })}
        </Button>
        {waitsFor && <p className="text-caption text-muted">{waitsFor}</p>}
        {start.error && <ErrorState {...tellError(start.error)} onRetry={() => start.mutate()} />}
        {run && (
          <MakingRun
            run={run}
            name={name}
            words={({ rows, bad }) =>
              t("{{rows}} rows stay, {{bad}} are set aside with their reasons", {
                rows: formatCount(rows),
                bad: formatCount(bad),
              })
            }
          />
        )}
      </div>
    </Panel>
  );
}
