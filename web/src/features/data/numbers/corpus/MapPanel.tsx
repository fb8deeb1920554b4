import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import type { CorpusMap } from "../../../../data/looking/inspection.ts";
import { tellError } from "../../../../data/problem.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { Button } from "../../../../ui/Button/Button.tsx";
import { type Column, DataTable } from "../../../../ui/DataTable/DataTable.tsx";
import { EmptyState } from "../../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../../ui/format.ts";
import { LoadingState } from "../../../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../../../ui/Panel/Panel.tsx";
import { Select } from "../../../../ui/Select/Select.tsx";
import { Switch } from "../../../../ui/Switch/Switch.tsx";
import { threadOf } from "../../../../ui/thread.ts";
import { MapUnknown } from "./MapUnknown.tsx";

const Scatter = lazy(async () => ({
  default: (await import("../../../../charts/Scatter/Scatter.tsx")).Scatter,
}));

export interface MapPanelProps {
  /** Rows as points; null while they come. */
  map: CorpusMap | null;
  error?: unknown;
  onRetry?: () => void;
  /** Chooses what rows are laid out by. */
  by?: ReactNode;
  /** Starts the run that lays the rows out, where no map is known; with leave to fetch the model, if it was given. */
  onMake: (allowsDownload: boolean) => void;
  /** That run, while it works. */
  watch?: ReactNode;
  /** Shows these rows, by number, in the table of rows. */
  onRows: (rows: readonly number[]) => void;
  /** Opens one row. */
  onRow: (row: number) => void;
}

const MOST_ROWS = 500;

interface Chosen {
  row: number;
  text: string;
}

function useChosen(map: CorpusMap | null) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [group, setGroup] = useState("");
  const chosen = useMemo(() => {
    if (!map) return [];
    return map.rows.flatMap((row, place): Chosen[] =>
      picked.has(String(row)) || (group !== "" && map.group[place] === Number(group))
        ? [{ row, text: map.texts[place] ?? "" }]
        : [],
    );
  }, [map, picked, group]);
  const pick = (ids: readonly string[]) => {
    setPicked(new Set(ids));
    setGroup("");
  };
  const take = (next: string) => {
    setGroup(next);
    setPicked(new Set());
  };
  return { chosen, group, pick, take };
}

function List({ chosen, onRows, onRow }: { chosen: Chosen[] } & Pick<MapPanelProps, "onRows" | "onRow">) {
  const { t } = useTranslation();
  const columns: Column<Chosen>[] = [
    {
      id: "row",
      header: t("Row"),
      align: "right",
      width: 72,
      muted: true,
      cell: ({ row }) => formatCount(row),
    },
    {
      id: "text",
      header: t("Text"),
      cell: ({ text }) => <span className="block max-w-[56ch] truncate">{text}</span>,
    },
  ];
  return (
    <div className="mt-3 border-t border-line pt-3">
      <p role="status" className="mb-2 flex flex-wrap items-center gap-3 text-caption text-muted">
        {t("{{count}} rows chosen", { count: chosen.length, defaultValue_one: "{{count}} row chosen" })}
        <Button size="small" onPress={() => onRows(chosen.slice(0, MOST_ROWS).map(({ row }) => row))}>
          {chosen.length > MOST_ROWS
            ? t("Show the first {{count}} in the table", { count: MOST_ROWS })
            : t("Show them in the table")}
        </Button>
      </p>
      <DataTable
        name={t("Rows chosen on the map")}
        columns={columns}
        rows={chosen}
        rowKey={({ row }) => String(row)}
        onRowAction={({ row }) => onRow(row)}
        maxHeight={260}
      />
    </div>
  );
}

function Drawn({ map, onRows, onRow }: { map: CorpusMap } & Pick<MapPanelProps, "onRows" | "onRow">) {
  const { t } = useTranslation();
  const [isLasso, setLasso] = useState(false);
  const { chosen, group, pick, take } = useChosen(map);
  const points = useMemo(
    () =>
      map.rows.map((row, place) => ({
        id: String(row),
        label: `${row}: ${map.texts[place]?.slice(0, 80) ?? ""}`,
        x: map.x[place] ?? 0,
        y: map.y[place] ?? 0,
        thread: threadOf(map.group[place] ?? 0),
      })),
    [map],
  );
  return (
    <>
      <div className="mb-2 flex flex-wrap items-end gap-3">
        <Switch label={t("Choose by drawing around rows")} value={isLasso} onChange={setLasso} />
        <Select
          label={t("Group")}
          hideLabel
          className="w-64"
          options={[
            { id: "", label: t("Choose a group") },
            ...map.groups.map((label, place) => ({ id: String(place), label })),
          ]}
          value={group}
          onChange={take}
        />
      </div>
      <Suspense fallback={<LoadingState text={t("Drawing the map")} height={360} />}>
        <Scatter
          points={points}
          title={t("Map of the rows")}
          xLabel={t("first direction")}
          yLabel={t("second direction")}
          height={380}
          hasLabels={false}
          onChoose={(id) => onRow(Number(id))}
          {...(isLasso ? { onLasso: pick } : {})}
        />
      </Suspense>
      {chosen.length > 0 && <List chosen={chosen} onRows={onRows} onRow={onRow} />}
    </>
  );
}

function useFooter(map: CorpusMap | null): string {
  const { t } = useTranslation();
  const colours = t("Colours are groups, named by their words.");
  if (!map?.model) return `${t("Rows that use the same words stand together.")} ${colours}`;
  const same = t("Rows in which {{model}} sees the same stand together.", { model: map.model });
  const cut = t("{{count}} rows were read only in part.", {
    count: map.cut_rows,
    defaultValue_one: "{{count}} row was read only in part.",
  });
  return [same, colours, ...(map.cut_rows > 0 ? [cut] : [])].join(" ");
}

/** Rows near each other where they use the same words, or where a model sees the same: draw around some, or choose a group, and see them. */
export function MapPanel({ map, error, onRetry, by, onMake, watch, onRows, onRow }: MapPanelProps) {
  const { t } = useTranslation();
  const isEmpty = map?.known && map.rows.length === 0;
  const status = error ? "error" : map === null ? "loading" : isEmpty ? "empty" : "ready";
  const footer = useFooter(map);
  return (
    <Panel
      title={t("Map of the rows")}
      tools={by}
      count={
        map && map.rows.length > 0 ? t("{{rows}} rows", { rows: formatCount(map.rows.length) }) : undefined
      }
      status={status}
      error={<ErrorState {...tellError(error)} {...(onRetry ? { onRetry } : {})} />}
      loading={
        <LoadingState text={t("Laying the rows out")} progress={t("up to 5,000 of them")} height={380} />
      }
      empty={<EmptyState title={t("No rows in this part")} text={t("Choose another part.")} />}
      footer={map?.known === false ? undefined : footer}
    >
      {map?.known === false && (
        <MapUnknown
          key={map.model}
          model={map.model}
          needsDownload={map.needs_download}
          onMake={onMake}
          watch={watch}
        />
      )}
      {map?.known && <Drawn map={map} onRows={onRows} onRow={onRow} />}
    </Panel>
  );
}
