import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { previewTokens } from "../../../data/datasets.ts";
import { useDebounced } from "../../../ui/useTyped.ts";

/** The tokens of a text, asked for once typing rests. */
export function useTryTokenizer(tokenizer: string, text: string, template: string) {
  const rested = useDebounced(text, 200);
  return useQuery({
    queryKey: ["tokenizers", tokenizer, "preview", template, rested],
    queryFn: () => previewTokens(tokenizer, rested, template),
    enabled: tokenizer !== "" && rested !== "",
    retry: false,
    placeholderData: keepPreviousData,
  });
}
