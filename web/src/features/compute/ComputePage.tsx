import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../data/client.ts";
import { tellError } from "../../data/problem.ts";
import { type Machine, machineQuery, machineUseQuery, priceQuery, setPrice } from "../../data/system.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { CopyButton } from "../../ui/CopyButton/CopyButton.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Findings } from "../../ui/Findings/Findings.tsx";
import { formatBytes } from "../../ui/format.ts";
import { KeyValue } from "../../ui/KeyValue/KeyValue.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { NumberField } from "../../ui/NumberField/NumberField.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { TextField } from "../../ui/TextField/TextField.tsx";
import { toast } from "../../ui/Toast/toast.ts";
import { UsePanel } from "./UsePanel.tsx";

/** The machine: what it has, what is missing and how to get it, and what an hour of it costs. */
export function ComputePage() {
  const { t } = useTranslation();
  const machine = useQuery(machineQuery);
  const error = machine.error instanceof ApiError ? machine.error.problem : null;
  return (
    <Page>
      <PageHeader title={t("Compute")} sub={[t("Where runs run: this machine.")]} />
      {machine.isPending && <LoadingState text={t("Looking at the machine")} height={240} />}
      {error && <ErrorState what={error.detail} todo={error.hint} onRetry={() => void machine.refetch()} />}
      {machine.data && (
        <>
          <Cell span={7}>
            <Doctor machine={machine.data} />
          </Cell>
          <Cell span={5} full>
            <div className="grid content-start gap-4">
              <UseNow />
              <Facts machine={machine.data} />
              <PricePanel />
            </div>
          </Cell>
        </>
      )}
    </Page>
  );
}

/** Every finding of the doctor, with the command that fixes it. */
export function Doctor({ machine }: { machine: Pick<Machine, "findings"> }) {
  const { t } = useTranslation();
  const levels = { ok: "ok", missing: "info", problem: "warning" } as const;
  return (
    <Panel title={t("Doctor")} count={t("{{count}} checks", { count: machine.findings.length })} flush>
      <Findings
        label={t("Doctor")}
        items={machine.findings.map((finding) => ({
          id: finding.what,
          level: levels[finding.status],
          title: finding.what,
          detail: (
            <>
              {finding.found}
              {finding.fix && <Fix text={finding.fix} />}
            </>
          ),
          ...(commandIn(finding.fix)
            ? { actions: <CopyButton text={commandIn(finding.fix)} label={t("Copy the command")} /> }
            : {}),
        }))}
      />
    </Panel>
  );
}

/** The command of a fix: what stands in it between backticks, or all of it where it is nothing else. */
function commandIn(fix: string): string {
  return /`([^`]+)`/.exec(fix)?.[1] ?? (/^[a-z][\w./-]* /.test(fix) ? fix : "");
}

/** A sentence, its command as code. */
function Fix({ text }: { text: string }) {
  const parts = commandIn(text) === text ? ["", text, ""] : text.split("`");
  return (
    <span className="mt-1 block wrap-anywhere text-text-2">
      {parts.map((part, place) =>
        place % 2 === 1 ? <code key={part}>{part}</code> : <span key={part}>{part}</span>,
      )}
    </span>
  );
}

function UseNow() {
  const use = useQuery(machineUseQuery);
  return <UsePanel use={use.data} error={use.isError ? tellError(use.error) : null} />;
}

function Facts({ machine }: { machine: Machine }) {
  const { t } = useTranslation();
  const rows = [
    { label: t("Processor"), value: machine.processor },
    { label: t("Cores"), value: String(machine.cores) },
    { label: t("Memory"), value: formatBytes(machine.memory_bytes) },
    { label: t("Free disk"), value: formatBytes(machine.free_disk_bytes) },
    { label: t("Instructions"), value: machine.features.join(", ") || t("none of note") },
    { label: t("GPUs"), value: machine.gpus.map((gpu) => String(gpu.name)).join(", ") || t("none") },
    { label: t("Workspace"), value: <code>{machine.workspace}</code> },
  ];
  return (
    <Panel title={t("This machine")} count={machine.system}>
      <KeyValue rows={rows} name={t("This machine")} />
    </Panel>
  );
}

function PricePanel() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const price = useQuery(priceQuery);
  const [draft, setDraft] = useState<{ per_hour: number | null; currency: string } | null>(null);
  const shown = draft ?? { per_hour: price.data?.per_hour ?? null, currency: price.data?.currency ?? "EUR" };
  const save = async () => {
    try {
      client.setQueryData(priceQuery.queryKey, await setPrice(shown));
      setDraft(null);
      toast({ message: t("Price saved. Runs and estimates are priced with it."), tone: "success" });
    } catch (error) {
      const hint = error instanceof ApiError ? error.problem.hint : "";
      toast({ message: `${(error as Error).message} ${hint}`, tone: "danger" });
    }
  };
  return (
    <Panel title={t("Price of an hour")}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className="grid grid-cols-[1fr_96px] gap-3">
          <NumberField
            label={t("Price")}
            value={shown.per_hour}
            minimum={0}
            onChange={(per_hour) => setDraft({ ...shown, per_hour })}
            emptyMeans={t("not set")}
            help={t("Rent of the machine, or its electricity.")}
          />
          <TextField
            label={t("Currency")}
            value={shown.currency}
            onChange={(currency) => setDraft({ ...shown, currency })}
          />
        </div>
        <div>
          <Button type="submit" isDisabled={draft === null} why={t("Nothing was changed.")}>
            {t("Save price")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
