import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Looked, startInspection, validationQuery } from "../../../../data/looking/inspection.ts";

/** As the health page looks before anything is chosen there. */
export const USUALLY: Looked = { tokenizer: "", context: 1024, near: false };

/** The health report of a dataset, looked at in one way, and the run that makes it where it is not there yet. */
export function useHealth(reference: string, looked: Looked, isEnabled = true) {
  const client = useQueryClient();
  const query = useQuery({ ...validationQuery(reference, looked), enabled: isEnabled });
  const [run, setRun] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const inspect = () => {
    setProblem(null);
    startInspection(reference, looked).then(({ id }) => setRun(id), setProblem);
  };
  const end = useCallback(() => {
    setRun("");
    void client.invalidateQueries({ queryKey: ["dataset", reference, "validation"] });
  }, [client, reference]);
  return {
    validation: query.data ?? null,
    error: problem ?? query.error,
    retry: () => (problem ? inspect() : void query.refetch()),
    run,
    inspect,
    end,
  };
}
