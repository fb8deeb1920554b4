import { useQuery } from "@tanstack/react-query";
import { Ellipsis, FilePenLine, FlaskConical, Trash2 } from "lucide-react";
import { lazy, Suspense } from "react";
import { type DatasetDetail, datasetQuery, datasetsQuery, reportQuery } from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { usePageActions } from "../../../ui/actions.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Menu } from "../../../ui/Menu/Menu.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Page } from "../../../ui/Page/Page.tsx";
import { PageHeader } from "../../../ui/PageHeader/PageHeader.tsx";
import { Select } from "../../../ui/Select/Select.tsx";
import { TabNav } from "../../../ui/Tabs/TabNav.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import { readLedger } from "../facts/ledger.ts";
import { hrefOf, referenceOf, secondsOf } from "../facts/names.ts";
import { splitWords, useShapeName } from "../list/DatasetList.tsx";
import { HealthTab } from "../numbers/health/HealthTab.tsx";
import { Inspecting } from "../numbers/health/Inspecting.tsx";
import { USUALLY, useHealth } from "../numbers/health/useHealth.ts";
import { QuarantineTab } from "../numbers/QuarantineTab.tsx";
import { StatisticsTab } from "../numbers/StatisticsTab.tsx";
import { ReportPanel } from "../overview/ReportPanel.tsx";
import { RowAsRead } from "../overview/RowAsRead.tsx";
import { RowLedger } from "../overview/RowLedger.tsx";
import { useRowAsRead } from "../overview/useRowAsRead.ts";
import { RowsPanel } from "../rows/RowsPanel.tsx";
import { SplitTab } from "../splits/SplitTab.tsx";
import { useRemoval } from "../state/useRemoval.ts";
import { VersionsTab } from "../versions/VersionsTab.tsx";

const CleanTab = lazy(async () => ({ default: (await import("../refining/CleanTab.tsx")).CleanTab }));

export interface DatasetPageProps {
  /** Name, `name@version` or id. */
  dataset: string;
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  onGo: (href: string) => void;
}

interface PartProps extends DatasetPageProps {
  detail: DatasetDetail;
  reference: string;
}

function Version({ detail, onGo }: PartProps) {
  const { t } = useTranslation();
  const { data } = useQuery(datasetsQuery);
  const versions = (data?.items ?? []).filter(({ name }) => name === detail.name);
  if (versions.length < 2) return <Tag mono>{`v${detail.version}`}</Tag>;
  return (
    <Select
      label={t("Version")}
      hideLabel
      mono
      className="w-24"
      options={versions.map(({ version, rows }) => ({
        id: String(version),
        label: `v${version}`,
        description: t("{{rows}} rows", { rows: formatCount(rows) }),
      }))}
      value={String(detail.version)}
      onChange={(version) => onGo(hrefOf({ name: detail.name, version: Number(version) }))}
    />
  );
}

function Header(props: PartProps) {
  const { detail, reference, onGo } = props;
  const { t } = useTranslation();
  const shape = useShapeName();
  const remove = useRemoval("dataset");
  const use = () => onGo(`/recipes/edit?dataset=${encodeURIComponent(reference)}`);
  const measure = () => onGo(`/evaluate?dataset=${encodeURIComponent(reference)}`);
  const drop = () => {
    remove(reference);
    onGo("/data");
  };
  usePageActions([
    { id: "use", label: t("Use in a recipe"), icon: FilePenLine, shortcut: "u", act: use },
    { id: "measure", label: t("Measure a model on it"), icon: FlaskConical, act: measure },
    { id: "delete", label: t("Delete this version"), icon: Trash2, act: drop },
  ]);
  const source = detail.meta.source as { label?: string } | undefined;
  return (
    <PageHeader
      title={detail.name}
      after={<Version {...props} />}
      sub={[
        t("{{shape}}, {{rows}} rows", { shape: shape(detail.shape), rows: formatCount(detail.rows) }),
        splitWords(detail.splits),
        <>
          {t("imported")} <Time at={secondsOf(detail.created)} />
          {source?.label && ` ${t("from {{source}}", { source: source.label })}`}
        </>,
      ]}
      actions={
        <>
          <Menu
            trigger={
              <Button icon={Ellipsis} iconOnly>
                {t("More actions")}
              </Button>
            }
            items={[
              { id: "measure", label: t("Measure a model on it"), icon: FlaskConical, onAction: measure },
              { id: "delete", label: t("Delete this version"), icon: Trash2, isDanger: true, onAction: drop },
            ]}
          />
          <Button icon={FlaskConical} onPress={measure} className="max-sm:hidden">
            {t("Measure a model")}
          </Button>
          <Button look="primary" icon={FilePenLine} onPress={use}>
            {t("Use in a recipe")}
          </Button>
        </>
      }
    />
  );
}

function Overview(props: PartProps & { read: ReturnType<typeof useRowAsRead> }) {
  const { detail, reference, search, onSearch, read } = props;
  const { t } = useTranslation();
  const report = useQuery(reportQuery(reference));
  const health = useHealth(reference, USUALLY);
  const words: Record<string, string> = { raw: t("Raw"), read: t("Read"), mapped: t("Mapped") };
  const ledger = readLedger(detail.ledger, (name) => words[name] ?? name);
  const view = search.ledger === "table" ? "table" : "flow";
  return (
    <>
      {ledger.stages.length > 1 && (
        <RowLedger
          {...ledger}
          view={view}
          onView={(next) => onSearch({ ledger: next === "flow" ? undefined : next })}
        />
      )}
      <Cell span={7}>
        <RowAsRead {...read} />
      </Cell>
      <Cell span={5} full>
        <ReportPanel
          report={report.data ?? null}
          error={report.error}
          onRetry={() => void report.refetch()}
          href={hrefOf(detail)}
          importHref="/data?import=open"
          health={{
            validation: health.validation,
            error: health.error,
            onRetry: health.retry,
            onInspect: health.inspect,
            isLooking: health.run !== "",
          }}
          {...(health.run ? { watch: <Inspecting id={health.run} onEnd={health.end} /> } : {})}
        />
      </Cell>
      <RowsPanel {...props} dataset={detail} height={360} href={hrefOf(detail)} />
    </>
  );
}

function Body(props: PartProps) {
  const { detail, reference, search, onSearch } = props;
  const { t } = useTranslation();
  const read = useRowAsRead(detail, reference, search, onSearch);
  const href = hrefOf(detail);
  const tab = search.tab ?? "overview";
  return (
    <Page>
      <Header {...props} />
      <TabNav
        label={t("Parts of the dataset")}
        value={tab}
        items={[
          { id: "overview", label: t("Overview"), href },
          { id: "rows", label: t("Rows"), href: `${href}?tab=rows` },
          { id: "health", label: t("Health"), href: `${href}?tab=health` },
          { id: "statistics", label: t("Statistics"), href: `${href}?tab=statistics` },
          { id: "clean", label: t("Clean"), href: `${href}?tab=clean` },
          { id: "split", label: t("Split"), href: `${href}?tab=split` },
          { id: "versions", label: t("Versions"), href: `${href}?tab=versions` },
          {
            id: "quarantine",
            label: t("Set aside"),
            href: `${href}?tab=quarantine`,
            count: detail.quarantined > 0 ? detail.quarantined : undefined,
          },
        ]}
      />
      {tab === "rows" && (
        <RowsPanel {...props} dataset={detail} read={read} opens href={`${href}?row=${search.row ?? ""}`} />
      )}
      {tab === "health" && <HealthTab {...props} dataset={detail} reference={reference} />}
      {tab === "statistics" && <StatisticsTab {...props} dataset={detail} reference={reference} />}
      {tab === "quarantine" && <QuarantineTab reference={reference} total={detail.quarantined} />}
      {tab === "clean" && (
        <Suspense fallback={<LoadingState text={t("Opening the steps")} height={320} />}>
          <CleanTab key={detail.id} {...props} dataset={detail} reference={reference} />
        </Suspense>
      )}
      {tab === "split" && <SplitTab key={detail.id} {...props} dataset={detail} />}
      {tab === "versions" && <VersionsTab {...props} dataset={detail} />}
      {!["rows", "health", "statistics", "clean", "split", "versions", "quarantine"].includes(tab) && (
        <Overview {...props} read={read} />
      )}
    </Page>
  );
}

/** One version of a dataset: what it lost, what the model reads, its rows and numbers. */
export function DatasetPage(props: DatasetPageProps) {
  const { t } = useTranslation();
  const query = useQuery(datasetQuery(props.dataset));
  if (query.data) return <Body {...props} detail={query.data} reference={referenceOf(query.data)} />;
  return (
    <Page>
      <PageHeader
        title={props.dataset}
        sub={[
          <Link key="all" href="/data">
            {t("All data")}
          </Link>,
        ]}
      />
      {query.error ? (
        <ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingState text={t("Reading the dataset")} height={320} />
      )}
    </Page>
  );
}
