import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApiError } from "../../../data/client.ts";
import { datasetsQuery } from "../../../data/datasets.ts";
import { modelsQuery } from "../../../data/models.ts";
import { presetQuery, schemaQuery } from "../../../data/recipes.ts";
import { specQuery } from "../../../data/runs.ts";
import { sparse } from "../../../forms/model/entries.ts";
import { fieldsOf } from "../../../forms/model/model.ts";
import { definitionOf, type RootSchema, type Values } from "../../../forms/model/schema.ts";
import { type Draft, type Origin, readDraft } from "../pure/drafts.ts";
import { fillPlaces, leavingOut, presetFor, type Wanted } from "../pure/places.ts";

export interface Begin {
  title: string;
  spec: Values;
  baseline: Values;
  origin: Origin;
}

export interface Beginning {
  schema: RootSchema | undefined;
  begin: Begin | undefined;
  error: ApiError | Error | null;
  /** The draft of the address is not in this browser. */
  isLost: boolean;
  retry: () => void;
}

type Search = Record<string, string>;

/** What is edited at first: a draft of this browser, the settings of a run, or a preset with the places filled. */
export function useBegin(search: Search): Beginning {
  const { draft: draftId, from } = search;
  const step = from && /^\d{1,12}$/.test(search.fork ?? "") ? Number(search.fork) : undefined;
  const draft = useMemo(() => (draftId ? readDraft(localStorage, draftId) : null), [draftId]);
  const isFresh = !draftId && !from;
  const schema = useQuery(schemaQuery);
  const datasets = useQuery({ ...datasetsQuery, enabled: isFresh });
  const models = useQuery({ ...modelsQuery, enabled: isFresh });
  const isNamed = search.preset !== undefined;
  const named = { dataset: search.dataset, model: search.model };
  const preset =
    search.preset ??
    (isFresh && datasets.data && models.data ? presetFor(named, datasets.data.items, models.data.items) : "");
  const recipe = useQuery({ ...presetQuery(preset), enabled: isFresh && preset !== "" });
  const run = useQuery({ ...specQuery(from ?? "", step), enabled: !draftId && from !== undefined });
  const root = schema.data as RootSchema | undefined;
  const failed = [schema, datasets, models, recipe, run].find((each) => each.error);

  const begin = useMemo((): Begin | undefined => {
    if (!root) return undefined;
    if (draftId) return draft ? ofDraft(draft) : undefined;
    const asked = { dataset: search.dataset, model: search.model, leaveOut: search.leave_out };
    if (from) return run.data ? ofRun(root, { run: from, step }, run.data as Values, asked) : undefined;
    if (!recipe.data || !datasets.data || !models.data) return undefined;
    const { spec: written, shapes } = recipe.data;
    const spec = fillPlaces(written as Values, datasets.data.items, models.data.items, asked, shapes);
    return {
      title: recipe.data.name,
      spec,
      baseline: spec,
      origin: { kind: "preset", name: recipe.data.name },
    };
  }, [
    root,
    draftId,
    draft,
    from,
    step,
    run.data,
    recipe.data,
    datasets.data,
    models.data,
    search.dataset,
    search.model,
    search.leave_out,
  ]);

  return {
    schema: root,
    begin,
    error: failed?.error ?? null,
    isLost: draftId !== undefined && draft === null && (isNamed || !from),
    retry: () => void failed?.refetch(),
  };
}

function ofDraft({ title, spec, baseline, origin }: Draft): Begin {
  return { title, spec, baseline, origin };
}

interface Source {
  run: string;
  /** Of the checkpoint that a fork begins with. */
  step: number | undefined;
}

/**
 * The settings of a run again, with the checkpoint or the dataset that the address asks for in their place.
 * Rows that it asks to leave out are a change, so that they are seen and can be taken back.
 */
function ofRun(root: RootSchema, { run, step }: Source, whole: Values, asked: Wanted): Begin {
  const definition = definitionOf(root, String(whole.task));
  const own = definition ? { task: whole.task, ...sparse(fieldsOf(root, definition), whole) } : whole;
  const spec = fillPlaces(own as Values, [], [], asked);
  return {
    title: String(whole.name || run),
    spec: leavingOut(spec, asked.leaveOut),
    baseline: spec,
    origin: { kind: "run", name: run, ...(step === undefined ? {} : { step }) },
  };
}
