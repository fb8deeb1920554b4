import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { presetQuery } from "../../../data/recipes.ts";
import { entriesOf } from "../../../forms/model/entries.ts";
import type { Field } from "../../../forms/model/model.ts";
import type { Values } from "../../../forms/model/schema.ts";
import { overridesOf, toPython, toShell, toYaml } from "../pure/code.ts";
import type { Begin } from "./useBegin.ts";

/** The recipe in its three written forms. Commands start from the preset as it is, so that they run anywhere. */
export function useCode(spec: Values, begin: Begin, fields: readonly Field[]) {
  const { origin, baseline } = begin;
  const preset = useQuery({ ...presetQuery(origin.name), enabled: origin.kind === "preset" }).data;
  return useMemo(() => {
    const start = (preset?.spec as Values | undefined) ?? baseline;
    const usual = new Map(entriesOf(fields, spec).map((each) => [each.name, each.default]));
    const overrides = overridesOf(spec, start, (name) => usual.get(name));
    return {
      yaml: toYaml(spec, baseline),
      shell: toShell(origin, overrides),
      python: toPython(origin, spec, overrides),
    };
  }, [spec, baseline, origin, preset, fields]);
}
